import { describeAws, type Aws } from './aws';

/**
 * The AWS that the environment names (`AWS_ENDPOINT_URL`: LocalStack, for one), if it names one: the end-to-end tests then
 * use it instead of starting their own, and skip what only ours can show. It must be bootstrapped, and its Lambda
 * functions must be able to reach this machine.
 */
export function awsOfEnvironment(environment: NodeJS.ProcessEnv = process.env): Aws | undefined {
  const url = environment.AWS_ENDPOINT_URL;
  if (!url) return undefined;
  return describeAws({
    url,
    account: environment.AWS_ACCOUNT_ID ?? '000000000000',
    region: environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION ?? 'us-east-1',
    accessKeyId: environment.AWS_ACCESS_KEY_ID ?? 'test',
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? 'test',
    ...(environment.AWS_SESSION_TOKEN && { sessionToken: environment.AWS_SESSION_TOKEN }),
  });
}
