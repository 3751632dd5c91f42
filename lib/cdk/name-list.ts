import { Lazy, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { DeviceSelection } from '../batch/contract/device-names';
import { expandNames } from '../batch/contract/device-names';
import { SynthesisError } from './synthesis-error';

/** A tenth of what a template may have (1 MB), for each place where the list is used. */
const MAX_LITERAL_BYTES = 100_000;

/**
 * The names of a batch as a list that waits for the batch. They are known at synth and so do not pass through the
 * resource's response (4,096 B), but what uses them must not start before the devices exist: they are joined with
 * `ready`, an attribute of the resource that is always empty. Nothing is made before the list is used.
 *
 * @returns a list token; using it throws a SynthesisError if the names are too long for a template.
 */
export function nameList(batch: IConstruct, devices: DeviceSelection, ready: string): string[] {
  return Token.asList(
    Lazy.uncachedAny({
      produce: ({ scope }) => {
        const names = expandNames(devices);
        const literal = names.join(',');
        refuseTooLong(batch, names.length, literal.length);
        if (topLevelStack(scope) !== topLevelStack(batch)) {
          // An export may neither be empty, as the attribute is, nor exceed 1,024 B, as the names do: the consumer's
          // whole stack waits instead.
          waitFor(Stack.of(scope), Stack.of(batch));
          return names;
        }
        return { 'Fn::Split': [',', { 'Fn::Join': ['', [literal, ready]] }] };
      },
    }),
  );
}

function refuseTooLong(batch: IConstruct, count: number, bytes: number): void {
  if (bytes <= MAX_LITERAL_BYTES) return;
  throw new SynthesisError(
    batch,
    'NameListTooLong',
    `the list of ${count} names takes ${bytes} B, at most ${MAX_LITERAL_BYTES} B fit into a template: pass on where the ` +
      'manifest is (manifestBucket, manifestKey) and read the names there (grantReadManifest)',
  );
}

/** The method got its present name in aws-cdk-lib 2.262; the old one would now tell every user that it is deprecated. */
function waitFor(consumer: Stack, producer: Stack): void {
  if ('addStackDependency' in consumer) consumer.addStackDependency(producer);
  else (consumer as Stack).addDependency(producer);
}

/** Nested stacks deploy with their parent, which hands them any value as a parameter. */
function topLevelStack(scope: IConstruct): Stack {
  let stack = Stack.of(scope);
  while (stack.nestedStackParent !== undefined) stack = stack.nestedStackParent;
  return stack;
}
