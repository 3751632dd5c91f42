import type { Change } from './town';

interface Statement {
  readonly Action: string | readonly string[];
}
interface Policy {
  readonly Type: string;
  readonly Properties: {
    readonly Roles: readonly { readonly Ref: string }[];
    readonly PolicyDocument: { readonly Statement: readonly Statement[] };
  };
}

/** Which function of the handler. */
export type Role = 'OnEvent' | 'IsComplete';

/** Everybody may do this, so that a statement can be emptied and stays valid. */
const HARMLESS = 'sts:GetCallerIdentity';

/** The same template, but for one action that a function of the handler is no longer allowed. */
export const without =
  (role: Role, action: string): Change =>
  (template) => {
    let taken = 0;
    const take = (each: string): string => (each === action ? (taken++, HARMLESS) : each);
    const resources = Object.entries(template.Resources as Record<string, Policy>).map(([id, resource]) => {
      const { Properties: properties, Type } = resource;
      if (Type !== 'AWS::IAM::Policy' || !isOf(role, resource)) return [id, resource] as const;
      const Statement = properties.PolicyDocument.Statement.map((statement) => ({
        ...statement,
        Action: [statement.Action].flat().map(take),
      }));
      const PolicyDocument = { ...properties.PolicyDocument, Statement };
      return [id, { ...resource, Properties: { ...properties, PolicyDocument } }] as const;
    });
    if (taken === 0) throw new Error(`${role} was never allowed ${action}`);
    return { ...template, Resources: Object.fromEntries(resources) };
  };

const isOf = (role: Role, policy: Policy): boolean =>
  policy.Properties.Roles.some(({ Ref }) => Ref.includes(`Handler${role}Role`));
