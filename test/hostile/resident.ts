import { setTimeout as sleep } from 'node:timers/promises';
import type { CustomResourceEvent, IsCompleteEvent } from '../../handler/framework';
import type { Handler } from '../../handler/handler';
import type { Random } from '../simulation/random';
import { codeOf, type Watcher } from './answered';
import { changed, firstWish, type Wish } from './wish';

/** Between two calls of `isComplete`; the framework's five seconds would be most of the time. */
const LOOK_AGAIN_MS = 500;

/** CloudFormation tries three times to delete, and to roll back whoever continues it. */
const TRIES = 3;

/** One batch, and CloudFormation as it leads it through its life: what fails is rolled back or deleted. */
export class Resident {
  private standing?: { id: string; wish: Wish };
  private events = 0;

  constructor(
    private readonly handler: Handler,
    private readonly identity: { stackId: string; logicalId: string },
    private readonly properties: (wish: Wish) => Record<string, unknown>,
    private readonly random: Random,
    private readonly watcher: Watcher,
  ) {}

  /** The next thing that its user wants: to create it, to change it, or, now and then, to delete it. */
  async step(): Promise<void> {
    const { standing, random } = this;
    if (!standing) return this.create(firstWish(random));
    const kind = random.pick(['grow', 'grow', 'shrink', 'replace', 'delete'] as const);
    return kind === 'delete' ? this.delete() : this.update(kind, changed(standing.wish, kind, random));
  }

  /** Deletes it for good. @throws where that fails. */
  async end(): Promise<void> {
    if (this.standing) await this.delete();
    if (this.standing) throw new Error(`${this.identity.logicalId} cannot be deleted`);
  }

  private async create(wish: Wish): Promise<void> {
    const { id, failed } = await this.deliver('create', 'Create', { ResourceProperties: this.properties(wish) });
    if (id === undefined) return;
    this.standing = { id, wish };
    if (failed === undefined) this.watcher.isNow(wish, true);
    else await this.delete();
  }

  private async update(kind: string, wish: Wish): Promise<void> {
    const old = this.standing!;
    const [before, after] = [this.properties(old.wish), this.properties(wish)];
    const { id = old.id, failed } = await this.deliver(kind, 'Update', {
      ...{ PhysicalResourceId: old.id, ResourceProperties: after, OldResourceProperties: before },
    });
    if (failed === undefined) {
      this.standing = { id, wish };
      const isAlone = id === old.id || (await this.deleteId('clean up', old.id, before));
      this.watcher.isNow(wish, isAlone);
      return;
    }
    await this.repeated(() =>
      this.deliver('roll back', 'Update', {
        ...{ PhysicalResourceId: old.id, ResourceProperties: before, OldResourceProperties: after },
      }),
    );
  }

  private async delete(): Promise<void> {
    const { id, wish } = this.standing!;
    if (!(await this.deleteId('delete', id, this.properties(wish)))) return;
    this.standing = undefined;
    this.watcher.isNow(undefined, true);
  }

  private deleteId(kind: string, PhysicalResourceId: string, ResourceProperties: unknown): Promise<boolean> {
    return this.repeated(() => this.deliver(kind, 'Delete', { PhysicalResourceId, ResourceProperties }));
  }

  /** Whether one of the tries succeeded. */
  private async repeated(deliver: () => Promise<{ failed?: string }>): Promise<boolean> {
    for (let tries = 0; tries < TRIES; tries++) if ((await deliver()).failed === undefined) return true;
    return false;
  }

  private async deliver(
    kind: string,
    RequestType: CustomResourceEvent['RequestType'],
    rest: Partial<CustomResourceEvent>,
  ): Promise<{ id?: string; failed?: string }> {
    const { stackId: StackId, logicalId: LogicalResourceId } = this.identity;
    const RequestId = `${LogicalResourceId}-${++this.events}`;
    const event: CustomResourceEvent = { RequestType, RequestId, StackId, LogicalResourceId, ...rest };
    const started = performance.now();
    let id: string | undefined;
    let failed: string | undefined;
    let said: string | undefined;
    try {
      const accepted = await this.handler.onEvent(event, { getRemainingTimeInMillis: () => 60_000 });
      id = accepted.PhysicalResourceId;
      id = (await this.completed({ ...event, ...accepted })) ?? id;
    } catch (error) {
      failed = codeOf(error);
      said = (error as Error).message;
    }
    this.watcher.told({ kind, ms: performance.now() - started, ...(failed !== undefined && { failed, said }) });
    return { ...(id !== undefined && { id }), ...(failed !== undefined && { failed }) };
  }

  private async completed(event: IsCompleteEvent): Promise<string | undefined> {
    for (;;) {
      const answer = await this.handler.isComplete(event, { getRemainingTimeInMillis: () => 300_000 });
      if (answer.IsComplete) return answer.PhysicalResourceId;
      await sleep(LOOK_AGAIN_MS);
    }
  }
}
