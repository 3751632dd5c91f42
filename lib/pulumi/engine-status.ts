import { createRequire } from 'node:module';
import type * as grpc from '@grpc/grpc-js';
import type * as services from '@pulumi/pulumi/proto/engine_grpc_pb';
import type * as messages from '@pulumi/pulumi/proto/engine_pb';

/**
 * What the engine shows beside a resource while it works on it, and forgets: on a terminal the newest stands in the row's last
 * column, elsewhere each is a line of the display (pulumi/pulumi, `Engine.Log` in proto/pulumi/engine.proto, with `ephemeral`;
 * pkg/backend/display/rows.go). Nothing but a display: whatever goes wrong with it goes wrong in silence, and at most once.
 */
export class EngineStatus {
  private client?: services.EngineClient;
  private open = 0;
  private isOutOfReach = false;
  private sent: Promise<unknown> = Promise.resolve();

  /** `address`: `host:port` of the engine, as a provider gets it as its last argument. */
  constructor(private readonly address: string | undefined) {}

  /** Shows things while the work goes on. When it is over, what was shown has arrived, and no connection is left. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.open += 1;
    try {
      return await work();
    } finally {
      await this.sent;
      this.open -= 1;
      if (this.open === 0) this.close();
    }
  }

  /** `instead`: called where the engine cannot be told. Later ones arrive later. */
  show(urn: string, text: string, instead: () => void): void {
    this.sent = this.sent.then(async () => {
      if (this.isOutOfReach || !(await this.send(urn, text))) instead();
    });
  }

  private async send(urn: string, text: string): Promise<boolean> {
    try {
      const { LogRequest, LogSeverity } = pulumis<typeof messages>('./proto/engine_pb');
      const request = new LogRequest();
      request.setSeverity(LogSeverity.INFO);
      request.setUrn(urn);
      request.setMessage(text);
      request.setEphemeral(true);
      const client = (this.client ??= this.connect());
      const patience = { deadline: Date.now() + PATIENCE_MS };
      await new Promise<void>((resolve, reject) => {
        client.log(request, new (gRPC().Metadata)(), patience, (failure) => (failure ? reject(failure) : resolve()));
      });
      return true;
    } catch {
      this.isOutOfReach = true;
      return false;
    }
  }

  private connect(): services.EngineClient {
    if (!/:\d+$/.test(this.address ?? '')) throw new RangeError(`${this.address} is no address of an engine`);
    const { EngineClient } = pulumis<typeof services>('./proto/engine_grpc_pb');
    // The engine is on this machine, whatever proxies the environment names.
    return new EngineClient(this.address as string, gRPC().credentials.createInsecure(), {
      'grpc.enable_http_proxy': 0,
    });
  }

  private close(): void {
    this.client?.close();
    delete this.client;
  }
}

/** An engine that does not answer for so long is not asked again: what is under way must not wait for a display. */
const PATIENCE_MS = 2_000;

const gRPC = () => pulumis<typeof grpc>('@grpc/grpc-js');

/** A module as Pulumi's SDK has it: gRPC is the SDK's dependency, not ours. */
function pulumis<T>(name: string): T {
  const root = createRequire(__filename).resolve('@pulumi/pulumi/package.json');
  return createRequire(root)(name) as T;
}
