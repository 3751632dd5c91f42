import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { DeviceSelection } from '../batch/contract/device-names';
import { SynthesisError } from './synthesis-error';

/** @throws SynthesisError for the first value that is only known at deployment. Its member name is its place in the props. */
export function refuseTokens(scope: IConstruct, values: Record<string, unknown>): void {
  const unknown = Object.entries(values).find(([, value]) => Token.isUnresolved(value));
  if (unknown === undefined) return;
  throw new SynthesisError(
    scope,
    'NotKnownAtSynth',
    `${unknown[0]} is a token, which gets its value at deployment only; names and region are checked at synth: ` +
      'pass the value itself, e.g. from the context or the environment of the app',
  );
}

/** Names make the batch: all that they come from must be known. */
export function refuseTokensInDevices(scope: IConstruct, selection: DeviceSelection): void {
  if ('sequence' in selection) return refuseTokens(scope, { ...selection.sequence });
  refuseTokens(scope, { names: selection.named });
  refuseTokens(scope, Object.fromEntries(selection.named.map((name, i) => [`names[${i}]`, name])));
}
