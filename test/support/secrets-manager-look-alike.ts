import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What one request asks for, by the members of Secrets Manager's API. */
interface Asked {
  Name?: string;
  SecretId?: string;
  SecretString?: string;
  KmsKeyId?: string;
  ForceDeleteWithoutRecovery?: boolean;
}

interface Kept {
  text: string;
  key?: string;
  /** It is to be deleted, and can still be restored. */
  deleted?: boolean;
}

/** AWS Secrets Manager over HTTP, with its own errors; signatures are not looked at. */
export interface SecretsManagerLookAlike {
  url: string;
  secrets: Map<string, Kept>;
  /** Operation and secret of every request, in order. */
  requests: string[];
  /** Answers instead of the service where it returns something; `lost` breaks the connection after the request is carried out. */
  disturb: (request: string) => { status: number; code: string } | 'lost' | undefined;
  close(): Promise<void>;
}

export async function startSecretsManager(): Promise<SecretsManagerLookAlike> {
  const service: Omit<SecretsManagerLookAlike, 'url' | 'close'> = {
    secrets: new Map(),
    requests: [],
    disturb: () => undefined,
  };
  const server = createServer((request, response) => void answer(service, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(service, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  });
}

async function answer(
  service: Omit<SecretsManagerLookAlike, 'url' | 'close'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
  const asked = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Asked;
  const what = `${operation} ${asked.Name ?? asked.SecretId}`;
  service.requests.push(what);
  const disturbance = service.disturb(what);
  if (disturbance === 'lost') request.socket.destroy();
  else if (disturbance) return send(response, disturbance.status, { __type: disturbance.code, message: what });
  const result = carryOut(service.secrets, operation, asked);
  if (typeof result === 'string') send(response, 400, { __type: result, message: what });
  else send(response, 200, result);
}

/** The answer, or the code of an error. */
function carryOut(secrets: Map<string, Kept>, operation: string, asked: Asked): object | string {
  const { Name = '', SecretId = '', SecretString = '', KmsKeyId } = asked;
  const secret = secrets.get(SecretId);
  switch (operation) {
    case 'CreateSecret':
      if (secrets.get(Name)?.deleted) return 'InvalidRequestException';
      if (secrets.has(Name)) return 'ResourceExistsException';
      secrets.set(Name, { text: SecretString, ...(KmsKeyId !== undefined && { key: KmsKeyId }) });
      return { Name };
    case 'DeleteSecret':
      // What is forced is no error, whether it is there or not (DeleteSecret, "ForceDeleteWithoutRecovery").
      if (asked.ForceDeleteWithoutRecovery) secrets.delete(SecretId);
      else if (secret) secret.deleted = true;
      return { Name: SecretId };
    case 'PutSecretValue':
    case 'GetSecretValue':
      if (!secret) return 'ResourceNotFoundException';
      if (secret.deleted) return 'InvalidRequestException';
      if (operation === 'PutSecretValue') secret.text = SecretString;
      return { Name: SecretId, SecretString: secret.text };
    default:
      return 'UnknownOperationException';
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}
