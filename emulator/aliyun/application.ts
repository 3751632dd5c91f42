import type { Device } from './device';
import type { RequestedDevice } from './names';

/** The six states of an application (help.aliyun.com 69483). */
export type ApplicationStatus =
  'CHECK' | 'CHECK_SUCCESS' | 'CHECK_FAILED' | 'CREATE' | 'CREATE_SUCCESS' | 'CREATE_FAILED';

/** A batch of names on its way to devices: checked (unless the platform made them), then created one after the other. */
export interface Application {
  /** A Long, so its digits. */
  applyId: string;
  productKey: string;
  devices: RequestedDevice[];
  status: ApplicationStatus;
  /** Wall time of the call that opened it. */
  createdAt: number;
  /** Name → why it was not accepted or not created. */
  failures: Map<string, string>;
  /** Names whose creation is going to fail, by a fault. */
  doomed: Map<string, string>;
  created: Device[];
  /** How many of `devices` have been tried. */
  tried: number;
  /** Work time of the next step: the end of the check, or the next device. Infinity: none, or stuck. */
  nextStepAt: number;
  registeredBy?: string;
  /** Its devices brought their secrets along. */
  imported?: true;
}

export function isRunning(application: Application): boolean {
  return application.status === 'CHECK' || application.status === 'CREATE';
}
