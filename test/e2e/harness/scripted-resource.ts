import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';

export type Event = CloudFormationCustomResourceEvent;

/** What the resource's function sends to CloudFormation; nothing if undefined. A plain string is sent as it is. */
export type Answer = Readonly<Record<string, unknown>> | undefined;

/** Asks the test what to answer. Inline, so that a template is all there is to deploy. */
const ASKING = `
exports.handler = async (event) => {
  const asked = await fetch(event.ResourceProperties.Script, { method: 'POST', body: JSON.stringify({ event, pid: process.pid }) });
  const answer = await asked.text();
  if (answer) await fetch(event.ResponseURL, { method: 'PUT', body: answer });
};`;

/** A custom resource whose every answer the test decides, and whose every event the test sees. */
export class ScriptedResource {
  readonly events: Event[] = [];
  /** The processes that the function ran in. */
  readonly pids = new Set<number>();
  /** What to answer; all goes well unless a test says otherwise. */
  answer: (event: Event) => Answer = succeed;

  readonly #server: Server;

  static async listen(): Promise<ScriptedResource> {
    const resource = new ScriptedResource();
    resource.#server.listen(0, '127.0.0.1');
    await once(resource.#server, 'listening');
    return resource;
  }

  private constructor() {
    this.#server = createServer((request, response) => {
      void text(request).then((body) => {
        const { event, pid } = JSON.parse(body) as { event: Event; pid: number };
        this.events.push(event);
        this.pids.add(pid);
        const answer = this.answer(event);
        response.end(answer && JSON.stringify({ ...sameIds(event), ...answer }));
      });
    });
  }

  /** What happened, in one readable line an event: `Create Devices`, `Delete Devices id`. */
  get history(): string[] {
    return this.events.map((event) =>
      [event.RequestType, event.LogicalResourceId, 'PhysicalResourceId' in event ? event.PhysicalResourceId : '']
        .join(' ')
        .trim(),
    );
  }

  /** The function, under the logical id `Function`. */
  get functionResource(): Record<string, unknown> {
    return {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: 'arn:aws:iam::000000000000:role/any',
        Timeout: 30,
        Code: { ZipFile: ASKING },
      },
    };
  }

  /** A custom resource that the function answers for. */
  customResource(properties: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    return {
      Type: 'Custom::Scripted',
      Properties: {
        ServiceToken: { 'Fn::GetAtt': ['Function', 'Arn'] },
        ServiceTimeout: 20,
        Script: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
        ...properties,
      },
    };
  }

  /** Lets the next Create or Update fail, and no later one: the way back goes well. `at` is called when it comes. */
  failNext(reason: string, at: () => void = () => undefined): void {
    this.answer = (event) => {
      if (event.RequestType === 'Delete') return succeed(event);
      this.answer = succeed;
      at();
      return fail(reason, succeed(event)!.PhysicalResourceId as string);
    };
  }

  forget(): void {
    this.events.length = 0;
    this.answer = succeed;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}

export const succeed = (event: Event): Answer => ({
  Status: 'SUCCESS',
  PhysicalResourceId: 'PhysicalResourceId' in event ? event.PhysicalResourceId : `id-of-${event.LogicalResourceId}`,
});

export const fail = (reason: string, physicalId?: string): Answer => ({
  Status: 'FAILED',
  Reason: reason,
  ...(physicalId && { PhysicalResourceId: physicalId }),
});

const sameIds = ({ StackId, RequestId, LogicalResourceId }: Event) => ({ StackId, RequestId, LogicalResourceId });
