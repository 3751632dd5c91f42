import type { TencentDevice } from './device';

/** 0 not started, 1 running, 2 finished (DescribeMultiDevTask). */
export type TaskStatus = 0 | 1 | 2;

/** The device's outcome: 0, or why it was not created. */
export interface TaskResult {
  deviceName: string;
  /** 0 created, 2000 too many devices, 2001 name exists, 2100 internal error, 2101 malformed name. */
  result: number;
  /** A text that a fault has given; else the code's own. */
  reason?: string;
  device?: TencentDevice;
  /** Kept by the cloud as long as the task lives, and nowhere else. */
  privateKey?: string;
}

/** A batch of up to 100 names on its way to devices, created one after the other. */
export interface TencentTask {
  taskId: string;
  productId: string;
  names: readonly string[];
  status: TaskStatus;
  /** Wall time of the call that opened it. */
  createdAt: number;
  results: TaskResult[];
  /** Names whose creation is going to fail, by a fault. */
  doomed: ReadonlyMap<string, { result: number; reason?: string }>;
  /** The status in which it stays for ever, by a fault. */
  stuckIn?: TaskStatus;
  /** Work time of the next step: its start, or the next device. Infinity: stuck. */
  nextStepAt: number;
  requestId: string;
}

const texts: Readonly<Record<number, string>> = {
  2000: 'The number of devices exceeds the limit.',
  2001: 'The device name already exists.',
  2101: 'The device name is invalid.',
};

export function reasonOf({ result, reason }: TaskResult): string {
  return reason ?? texts[result] ?? 'The device could not be created.';
}
