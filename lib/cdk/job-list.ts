import { Fn, Lazy, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { MAX_LISTS_BYTES as MAX_BYTES } from '../batch/contract/attributes';
import { SynthesisError } from './synthesis-error';

/** The longest job id that a cloud makes, with its comma: a 64-bit number. */
const BYTES_PER_JOB = 21;

/** @returns a list token of the ids that the attribute holds; using it throws a SynthesisError if they cannot fit. */
export function jobList(batch: IConstruct, jobs: number, attribute: string): string[] {
  const list = Lazy.any({
    produce: () => {
      const bytes = jobs * BYTES_PER_JOB;
      if (bytes > MAX_BYTES) {
        throw new SynthesisError(
          batch,
          'JobListTooLong',
          `the ids of ${jobs} jobs take up to ${bytes} B, ${MAX_BYTES} B fit into the response to CloudFormation: ` +
            'read them in the manifest (manifestBucket, manifestKey; grantReadManifest)',
        );
      }
      return Fn.split(',', attribute);
    },
  });
  return Token.asList(list);
}
