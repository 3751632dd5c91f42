import type { Cloud } from '../lib/batch/ports/cloud';
import type { Metrics } from './metrics';

/** The same cloud, with what it registers and deletes counted. Whatever else it can do, it can do here. */
export function countedCloud(cloud: Cloud, counts: Metrics): Cloud {
  const counted: Pick<Cloud, 'collect' | 'delete'> = {
    // Not at `commit`: which devices a job created is known when they are read.
    collect: async (jobId, cursor) => {
      const page = await cloud.collect(jobId, cursor);
      counts.DevicesRegistered = (counts.DevicesRegistered ?? 0) + page.devices.length;
      return page;
    },
    delete: async (device) => {
      const result = await cloud.delete(device);
      if (result === 'deleted') counts.DevicesDeleted = (counts.DevicesDeleted ?? 0) + 1;
      return result;
    },
  };
  return Object.assign(Object.create(cloud) as Cloud, counted);
}
