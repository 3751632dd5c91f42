import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { DeviceSelection } from '../batch/contract/device-names';
import { SynthesisError } from './synthesis-error';

/** @throws SynthesisError for the first value that is only known at deployment, by its name in the props. */
export function refuseTokens(scope: IConstruct, values: Record<string, unknown>): void {
  for (const [member, value] of Object.entries(values)) {
    if (Token.isUnresolved(value)) throw notKnownAtSynth(scope, member);
  }
}

export function notKnownAtSynth(scope: IConstruct, member: string): SynthesisError {
  return new SynthesisError(
    scope,
    'NotKnownAtSynth',
    `${member} is a token, which gets its value at deployment, but must be known at synth: pass the value itself, e.g. ` +
      'from the context or the environment of the app',
  );
}

/** Names make the batch: all that they come from must be known. */
export function refuseTokensInDevices(scope: IConstruct, selection: DeviceSelection): void {
  if ('sequence' in selection) return refuseTokens(scope, { ...selection.sequence });
  if ('generated' in selection) return refuseTokens(scope, { ...selection.generated });
  if ('assignedByCloud' in selection) return refuseTokens(scope, { ...selection.assignedByCloud });
  if ('fromJob' in selection) return refuseTokens(scope, { ...selection.fromJob });
  if ('named' in selection) refuseTokensInNames(scope, selection.named);
}

export function refuseTokensInNames(scope: IConstruct, names: readonly string[]): void {
  refuseTokens(scope, { names });
  refuseTokens(scope, Object.fromEntries(names.map((name, i) => [`names[${i}]`, name])));
}
