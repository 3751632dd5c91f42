import { batchIdOf } from '../../../handler/batch-id';
import type { Oracle } from '../oracle/oracle';
import type { SimulatedWorld } from '../world/world';
import type { FaultKind } from '../world/faults';
import type { Claims } from './claims';
import type { CfnResponse, FrameworkEvent, FrameworkRules } from './framework';
import { propertiesOf, type BatchSpec } from './spec';

/** CloudFormation's events about the batches of one stack. */
export class StackEvents {
  /** Every event that has come to somebody, for deliveries that come late. */
  readonly sent: FrameworkEvent[] = [];
  /** Batches of which the last Create never reached anybody, or was neither recorded nor answered. */
  readonly neverHeard = new Set<string>();

  constructor(
    private readonly world: SimulatedWorld,
    private readonly framework: FrameworkRules,
    private readonly claims: Claims,
    private readonly oracle: Pick<Oracle, 'sent' | 'concluded'>,
    readonly stackId: string,
  ) {}

  create(batch: string, spec: BatchSpec): Promise<CfnResponse | undefined> {
    return this.send('Create', batch, spec, {});
  }

  /** `keeps`: ids whose devices may still be asked for whatever comes of it. */
  update(
    batch: string,
    named: string,
    spec: BatchSpec,
    old: BatchSpec,
    keeps: string[],
  ): Promise<CfnResponse | undefined> {
    this.claims.releaseBatch(batch, [named, ...keeps]);
    const OldResourceProperties = this.properties(old);
    return this.send('Update', batch, spec, { PhysicalResourceId: named, OldResourceProperties });
  }

  delete(batch: string, id: string, spec: BatchSpec, keeps: string[] = []): Promise<CfnResponse | undefined> {
    this.claims.release(id);
    this.claims.releaseBatch(batch, keeps);
    return this.send('Delete', batch, spec, { PhysicalResourceId: id });
  }

  private async send(
    RequestType: 'Create' | 'Update' | 'Delete',
    batch: string,
    spec: BatchSpec,
    rest: Partial<FrameworkEvent>,
  ): Promise<CfnResponse | undefined> {
    const event: FrameworkEvent = {
      RequestType,
      RequestId: this.world.random.hex(8),
      StackId: this.stackId,
      LogicalResourceId: batch,
      ResourceProperties: this.properties(spec),
      ...rest,
    };
    this.world.tally.add('events', RequestType);
    if (RequestType === 'Create') this.world.tally.add('products', spec.product);
    this.world.tell(`  > ${RequestType} ${batch} ${rest.PhysicalResourceId ?? ''}`);
    this.oracle.sent(event, spec);
    const patienceMs = (this.world.setting.timeoutSeconds + 300) * 1000;
    const { answer, fault } = this.framework.send(event, patienceMs);
    // What was lost stays so: nobody keeps it for later.
    if (fault?.kind !== 'lostEvent') this.sent.push(event);
    if (RequestType === 'Create') this.neverHeard.delete(batch);
    if (RequestType === 'Create' && fault?.kind === 'lostEvent') this.neverHeard.add(batch);
    const response = await answer;
    if (RequestType === 'Create' && !response && !this.isRecorded(event)) this.neverHeard.add(batch);
    this.world.tell(`  < ${RequestType} ${batch}: ${inWords(response)}`);
    this.oracle.concluded(event, response, fault !== undefined && losing.has(fault.kind));
    return response;
  }

  private isRecorded(event: FrameworkEvent): boolean {
    return this.world.store.text(`heads/${batchIdOf(event)}.json`)?.includes(event.RequestId) === true;
  }

  private properties(spec: BatchSpec) {
    return propertiesOf(spec, this.world.setting.timeoutSeconds);
  }
}

/** Nobody can answer in time where one of these struck. */
const losing: ReadonlySet<FaultKind> = new Set(['lostEvent', 'answerFails', 'answerLost']);

function inWords(response: CfnResponse | undefined): string {
  if (!response) return 'no answer in time';
  const { Status, PhysicalResourceId, Reason } = response;
  return Status === 'SUCCESS'
    ? `SUCCESS ${PhysicalResourceId}`
    : `FAILED ${PhysicalResourceId}: ${Reason.split('\n')[0]}`;
}
