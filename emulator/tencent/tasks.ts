import type { EmulatorClock } from '../clock';
import { Clockwork } from '../clockwork';
import type { Randomness } from '../randomness';
import type { TencentAssumptions } from './assumptions';
import { Refusal } from './errors';
import type { Hub } from './hub';
import { isDeviceName } from './names';
import type { TencentProduct } from './product';
import type { TaskResult, TaskStatus, TencentTask } from './task';

/** How long tasks take, in milliseconds of work time: ours, the vendor names none. */
export interface TaskDurations {
  /** Until a task starts. */
  startMs: number;
  createMs: number;
  createPerDeviceMs: number;
  /** How long a task, with the private keys that it made, can be asked for: a month (CreateMultiDevice). Wall time. */
  taskLifeMs: number;
}

/** What goes wrong with a task, by faults. */
export type TaskTroubles = Pick<TencentTask, 'doomed' | 'stuckIn'>;

/** The tasks of CreateMultiDevice, and what moves them from state to state. */
export class Tasks {
  private readonly known = new Map<string, TencentTask>();
  private readonly clockwork = new Clockwork<TencentTask>((task) => this.step(task));

  constructor(
    private readonly hub: Hub,
    private readonly clock: EmulatorClock,
    private readonly random: Randomness,
    private readonly durations: Readonly<TaskDurations>,
    private readonly assumptions: Readonly<TencentAssumptions>,
  ) {}

  clear(): void {
    this.known.clear();
    this.clockwork.clear();
  }

  /** Oldest first. */
  list(): TencentTask[] {
    return [...this.known.values()];
  }

  /** The task, unless it is unknown, forgotten, or another product's. Without a product it is not asked whose it is. */
  find(taskId: string, productId: string | undefined, now: number): TencentTask {
    const task = this.known.get(taskId);
    if (!task || now - task.createdAt > this.durations.taskLifeMs) {
      throw new Refusal(this.assumptions.unknownTask, `The task ${taskId} does not exist.`);
    }
    if (productId !== undefined && task.productId !== productId) {
      throw new Refusal(this.assumptions.taskOfOtherProduct, 'The task is not of this product.');
    }
    return task;
  }

  /** Opens a task, which starts by itself. */
  open(
    product: TencentProduct,
    names: readonly string[],
    now: number,
    requestId: string,
    troubles: TaskTroubles,
  ): TencentTask {
    const task: TencentTask = {
      // 14 to 16 small letters and digits in the vendor's samples.
      taskId: this.random.text(16).toLowerCase(),
      productId: product.productId,
      names,
      status: 0,
      createdAt: now,
      results: [],
      nextStepAt: troubles.stuckIn === 0 ? Infinity : this.clock.workAt(now) + this.durations.startMs,
      requestId,
      ...troubles,
    };
    this.known.set(task.taskId, task);
    this.clockwork.start(task);
    this.settle(now);
    return task;
  }

  /** Takes every step that is due at the wall time `now`. */
  settle(now: number): void {
    this.clockwork.settle(this.clock.workAt(now));
  }

  private step(task: TencentTask): boolean {
    const { createMs, createPerDeviceMs } = this.durations;
    if (task.status === 0) {
      task.status = 1;
      task.nextStepAt = task.stuckIn === 1 ? Infinity : task.nextStepAt + createMs + createPerDeviceMs;
      return true;
    }
    const deviceName = task.names[task.results.length];
    if (deviceName !== undefined) task.results.push(this.created(task, deviceName));
    task.nextStepAt += createPerDeviceMs;
    const status: TaskStatus = task.results.length < task.names.length ? 1 : 2;
    task.status = status;
    return status === 1;
  }

  private created(task: TencentTask, deviceName: string): TaskResult {
    const { taskId, requestId, doomed } = task;
    const product = this.hub.productById(task.productId);
    const doom = doomed.get(deviceName);
    if (doom) return { deviceName, ...doom };
    if (!product) return { deviceName, result: 2100, reason: 'The product does not exist.' };
    if (!isDeviceName(deviceName)) return { deviceName, result: 2101 };
    if (product.isTaken(deviceName, this.assumptions)) return { deviceName, result: 2001 };
    if (this.hub.roomForDevices(product) < 1) return { deviceName, result: 2000 };
    const at = this.clock.wallAt(task.nextStepAt);
    return { deviceName, result: 0, ...this.hub.create(product, { deviceName }, at, 'created', { taskId, requestId }) };
  }
}
