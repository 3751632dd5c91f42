/** An error as the AWS SDK throws it. */
export function awsError(name: string, httpStatusCode: number, message = name): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}

/** S3's and Secrets Manager's ways to say no. */
export const accessDenied = () =>
  awsError(
    'AccessDenied',
    403,
    'User: arn:aws:sts::123456789012:assumed-role/r/f is not authorized to perform: s3:GetObject',
  );
export const secretDenied = () =>
  awsError('AccessDeniedException', 400, 'User is not authorized to perform: secretsmanager:GetSecretValue');
export const slowDown = () => awsError('SlowDown', 503, 'Please reduce your request rate.');
export const connectionReset = () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
