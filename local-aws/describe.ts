import { describeAws, type Aws } from './aws';
import type { Server } from './server';

/** MiniStack's own: it takes a twelve-digit access key id for the number of the account. */
const ACCOUNT = '000000000000';
const REGION = 'us-east-1';

export function describeServer({ url, certificate }: Server): Aws {
  return describeAws({
    url,
    account: ACCOUNT,
    region: REGION,
    accessKeyId: ACCOUNT,
    secretAccessKey: 'test',
    ...(certificate && { certificate }),
  });
}
