import type { Cloud } from '../lib/batch/ports/cloud';
import type { Metrics } from './metrics';

/** The same cloud, with what it registers and deletes counted. */
export function countedCloud(cloud: Cloud, counts: Metrics): Cloud {
  return {
    limits: cloud.limits,
    traits: cloud.traits,
    inspect: () => cloud.inspect(),
    proveDeletable: (name) => cloud.proveDeletable(name),
    open: (names) => cloud.open(names),
    commit: (names, jobId) => cloud.commit(names, jobId),
    observe: (names, jobId) => cloud.observe(names, jobId),
    // Not at `commit`: which devices a job created is known when they are read.
    collect: async (jobId, cursor) => {
      const page = await cloud.collect(jobId, cursor);
      counts.DevicesRegistered = (counts.DevicesRegistered ?? 0) + page.devices.length;
      return page;
    },
    lookUp: (names, seen) => cloud.lookUp(names, seen),
    delete: async (device) => {
      const result = await cloud.delete(device);
      if (result === 'deleted') counts.DevicesDeleted = (counts.DevicesDeleted ?? 0) + 1;
      return result;
    },
    close: () => cloud.close(),
  };
}
