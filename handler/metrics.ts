import type { LogPorts } from './observer';

/** Where CloudWatch shows the metrics. */
export const METRICS_NAMESPACE = 'IotDeviceBatch';

/** What one invocation has to count; what is absent was not measured. */
export interface Metrics {
  DevicesRegistered?: number;
  DevicesDeleted?: number;
  /** Generations of the whole store whose devices still have to be deleted, after a request has come to its end (I11). */
  GenerationsOwed?: number;
}

/**
 * Writes metrics as a log line in CloudWatch's embedded metric format, one value a stack: nothing has to be called or
 * granted. (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html)
 */
export function writeMetrics({ clock, write }: LogPorts, stackId: string, metrics: Metrics): void {
  const measured = Object.entries(metrics).filter(([, value]) => value !== undefined);
  if (measured.length === 0) return;
  const definition = {
    Namespace: METRICS_NAMESPACE,
    Dimensions: [['Stack']],
    Metrics: measured.map(([Name]) => ({ Name, Unit: 'Count' })),
  };
  const _aws = { Timestamp: clock.now(), CloudWatchMetrics: [definition] };
  write(JSON.stringify({ _aws, Stack: stackNameIn(stackId), ...Object.fromEntries(measured) }));
}

/** `arn:aws:cloudformation:<region>:<account>:stack/<name>/<guid>` */
function stackNameIn(stackId: string): string {
  return stackId.split('/')[1] ?? stackId;
}
