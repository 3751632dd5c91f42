import { Fn, Lazy, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { MAX_NAMES_BYTES } from '../batch/contract/attributes';
import { SynthesisError } from './synthesis-error';

/** The longest name that a cloud takes (Alibaba: 32 characters), with its comma. */
const BYTES_PER_NAME = 33;

/**
 * Names that only the cloud knows, as they come with the resource's response.
 *
 * @returns a list token; using it throws a SynthesisError if so many names cannot fit. Where not even the count is known
 * (`count` 0) the deployment fails if they do not.
 */
export function namesInResponse(batch: IConstruct, count: number, attribute: string): string[] {
  const list = Lazy.any({
    produce: () => {
      const bytes = count * BYTES_PER_NAME;
      if (bytes <= MAX_NAMES_BYTES) return Fn.split(',', attribute);
      throw new SynthesisError(
        batch,
        'NameListTooLong',
        `${count} names of the cloud's take up to ${bytes} B, ${MAX_NAMES_BYTES} B fit into the response to CloudFormation: ` +
          'read them in the manifest (manifestBucket, manifestKey; grantReadManifest), or use a sequence',
      );
    },
  });
  return Token.asList(list);
}
