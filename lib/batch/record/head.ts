import * as z from 'zod';
import { aliyunSignatures, tencentApiVersions } from '../contract/cloud-reference';
import { BatchError } from '../errors';
import { failureSchema } from './failure';
import { nameListSchema } from './names';

/**
 * The head of a batch: everything small that decides what happens next. It is written by compare-and-swap only, and stays
 * below 64 KB whatever the size of the batch. Members that this version does not know are kept.
 */
export const HEAD_VERSION = 1;

/** How the devices of a generation may be treated: that of the event which returned it last. */
const policySchema = z.looseObject({
  deleteActivated: z.boolean(),
  deviceCredentials: z.union([
    z.enum(['store', 'none']),
    z.looseObject({ secretsManager: z.looseObject({ prefix: z.string(), encryptionKey: z.string().optional() }) }),
  ]),
  removalPolicy: z.enum(['destroy', 'retain']).default('destroy'),
  onPartialFailure: z.enum(['rollBack', 'keep']).default('rollBack'),
  /** Which devices may join that exist and are nobody's here: none, all, or those of the listed names. */
  onExisting: z.union([z.enum(['fail', 'adopt']), nameListSchema]).default('fail'),
});

/** How to reach the cloud: never a secret itself, only where it is. */
const accessSchema = z.looseObject({ secretArn: z.string().optional() });

const cloudSchema = z.union([
  z.looseObject({
    aliyun: z.looseObject({
      region: z.string(),
      productKey: z.string(),
      instanceId: z.string().optional(),
      endpoint: z.string().optional(),
      signature: z.enum(aliyunSignatures).optional(),
    }),
    tencent: z.undefined().optional(),
  }),
  z.looseObject({
    tencent: z.looseObject({
      productId: z.string(),
      region: z.string().optional(),
      apiVersion: z.enum(tencentApiVersions).optional(),
      endpoint: z.string().optional(),
    }),
    aliyun: z.undefined().optional(),
  }),
]);

const phases = ['rising', 'standing', 'failed', 'falling', 'draining', 'gone'] as const;

const generationSchema = z.looseObject({
  id: z.string(),
  /**
   * `rising`: being made. `standing`: all its devices exist. `failed`: its change failed, and what exists of it was kept; it
   * belongs to the batch until a later change succeeds. `falling`: its devices are being deleted or released; never
   * undone. `draining`: as falling, but a job of it still runs at the cloud. `gone`: it answers for no device any more.
   */
  phase: z.enum(phases),
  /** Whether a Create or an Update asked for it. */
  origin: z.enum(['create', 'update']),
  /** Whether the asker of a Create goes on with what is kept of it when it has failed. */
  createKeeps: z.boolean().optional(),
  /** Which request that was. */
  request: z.string().optional(),
  bornAt: z.number(),
  cloud: cloudSchema,
  cloudKey: z.string(),
  access: accessSchema,
  policy: policySchema,
  /** Digest of the options that asked for it last. */
  asked: z.string().optional(),
  /**
   * `listed`: the names are asked for. `generated`: they are derived from the batch's id, so that a device of such a name is
   * the batch's own. `assigned`: the cloud invents them; `names` has their count, and the names once they
   * are known. `observed`: the devices of a job that is not ours; the batch lists them and owns nothing.
   */
  kind: z.enum(['listed', 'generated', 'assigned', 'observed']).default('listed'),
  /** The job whose devices are observed. */
  observedJob: z.string().optional(),
  names: nameListSchema,
  /** Whether success was ever reported with this generation's id. */
  reported: z.boolean(),
  /** Whether an Update or Delete ever came with this generation's id, so that whoever asks knows of it. */
  named: z.boolean(),
  /** The generation that the Update came with which asked for this one; only where its asker deletes line by line. */
  replaces: z.string().optional(),
  /** The generation beside which it was made, to be deleted after that; only where its asker deletes line by line. */
  displaces: z.string().optional(),
  /** Whether its change failed and what exists of it was kept. */
  kept: z.boolean().optional(),
  /**
   * The policy that its resource had when that was deleted; only where its asker deletes line by line. That of the head may be another
   * resource's by then.
   */
  judgedBy: z.looseObject({ deleteActivated: z.boolean(), removalPolicy: z.enum(['destroy', 'retain']) }).optional(),
  /** Whether what its own policy keeps is kept when it is dropped, whatever the policy of the batch says by then. */
  keepsByOwnPolicy: z.boolean().optional(),
  /** The id, of the asker's own making, of a Delete that was taken to mean this Create. */
  disownedAs: z.string().optional(),
  /** Set once the plan (which devices are carried over, which jobs there are) is written. */
  planned: z.boolean(),
  /** Whether devices of it are recorded that no job lists, but that are proven its own. */
  proven: z.boolean().optional(),
  /**
   * A drop that is under way: under which lease it goes on, empty between two, and which other generations it saw when it looked who lists its
   * devices. One that recorded its list later than that must wait for the end of the drop.
   */
  drop: z
    .looseObject({
      lease: z.string(),
      /** A process was cut off in it, whose last deletions may still arrive. */
      cutOff: z.boolean().optional(),
      saw: z.array(z.string()).optional(),
      /** How many devices it has deleted. */
      deleted: z.number(),
      /** Which round it is. The first one (0) is about every device, each later one about what the one before has passed over. */
      round: z.number().int().nonnegative().optional(),
      /** The last device of this round, in the order of names, whose turn has come. */
      after: z.string().optional(),
      /** Later ones whose turn has come as well: of a block in which one could not be deleted yet. */
      ahead: z.array(z.string()).optional(),
      /** In how many objects those are listed that the round before has passed over, and this one so far. */
      passedBefore: z.number().int().nonnegative().optional(),
      passed: z.number().int().nonnegative().optional(),
      /** Which ones it left alone (digest). */
      spared: z.string().optional(),
      /** What the cloud refused to delete in this round. */
      blocked: z.looseObject({ count: z.number(), first: z.array(failureSchema) }).optional(),
      /** How far an operation (told by its deadline) has looked for devices that have connected, in the order of names. */
      looked: z.looseObject({ before: z.number(), after: z.string() }).optional(),
      /** Somebody who looked at them has said that devices which have connected may be deleted, whatever the policy says. */
      deleteActivated: z.boolean().optional(),
      /** Nothing is left to delete: what remains is to forget the generation. */
      cleared: z.boolean().optional(),
      /** Whether its manifest and credentials stay. */
      retains: z.boolean().optional(),
      /** An answer has told of what its lost requests may make yet. */
      toldOfLost: z.boolean().optional(),
      /** Some of the devices that exist under its names and could not be proven its own. */
      suspects: z.array(z.string()).optional(),
    })
    .optional(),
  /** The cloud's ids of its jobs, once all are over; absent if they are too many. */
  jobIds: z.array(z.string()).optional(),
});

const outcomeSchema = z.discriminatedUnion('ok', [
  z.looseObject({ ok: z.literal(true), generation: z.string().optional() }),
  z.looseObject({ ok: z.literal(false), code: z.string(), message: z.string() }),
]);

const requestSchema = z.looseObject({
  id: z.string(),
  /** `raise` a new generation, `keep` a standing one (return it as it is), or `drop` generations. */
  kind: z.enum(['raise', 'keep', 'drop']),
  /** The generation that is returned (`raise`, `keep`). */
  target: z.string().optional(),
  /** The id that an Update or Delete came with; that of an Update may still be asked for again. */
  named: z.string().optional(),
  acceptedAt: z.number(),
  deadline: z.number(),
  /** Which process asked last, where that can be told (`ports/workers.ts`). */
  asker: z.string().optional(),
  /** An unexpected event waits until then for an older one that may have been delayed. */
  notBefore: z.number().optional(),
  /** Digest of the options that the older one would have asked for. */
  awaits: z.string().optional(),
  /** While it waits: it asks for something else than was asked for last, so that it takes back nothing. */
  goesOn: z.boolean().optional(),
  /** Why the change failed, while what it made is being taken back. */
  failure: z.looseObject({ code: z.string(), message: z.string(), tellsOf: z.array(z.string()).optional() }).optional(),
  /** Since when every call to the cloud has failed. */
  troubleSince: z.number().optional(),
  /** What the generation gets if this request ends well: the names in the order asked for, policy, and the way to get there. */
  names: nameListSchema.optional(),
  policy: policySchema.optional(),
  access: accessSchema.optional(),
  cloud: cloudSchema.optional(),
  /** Set when it is over. A request that is over never runs again: it gets its old answer. */
  outcome: outcomeSchema.optional(),
});

export const headSchema = z.looseObject({
  version: z.number(),
  batchId: z.string(),
  /** New with every write, so that a conflict after a lost answer can be told from a real one. */
  nonce: z.string(),
  /** Who works on the batch, and until when at most (milliseconds since 1970). */
  lease: z
    .looseObject({
      holder: z.string(),
      until: z.number(),
      /** In which process, where that can be told (`ports/workers.ts`). */
      worker: z.string().optional(),
    })
    .optional(),
  /** The generation that the last successful Create or Update returned. */
  current: z.string().optional(),
  /** Whether a later event showed that whoever asks knows of `current`. */
  confirmed: z.boolean(),
  /** The policy of the event that returned `current`; it stays in force when the batch is deleted. */
  policy: policySchema.optional(),
  /** Digest of the options of the last Create or Update that arrived. */
  lastAsked: z.string().optional(),
  /** Oldest first. */
  generations: z.array(generationSchema),
  /** Oldest first. */
  requests: z.array(requestSchema),
  /** Pulumi: the ids of the states that were made of this record, the last of them last. */
  states: z.array(z.string()).optional(),
});

export type Head = z.infer<typeof headSchema>;
export type Generation = z.infer<typeof generationSchema>;
export type Request = z.infer<typeof requestSchema>;
export type Outcome = z.infer<typeof outcomeSchema>;
export type Policy = z.infer<typeof policySchema>;
export type Access = z.infer<typeof accessSchema>;

export function emptyHead(batchId: string): Head {
  return { version: HEAD_VERSION, batchId, nonce: '', confirmed: false, generations: [], requests: [] };
}

/** Rising and standing generations list their devices: as long as one does, the device lives. */
export function lists(generation: Generation): boolean {
  return generation.phase === 'rising' || generation.phase === 'standing';
}

/** Whether a generation is one that may be told to fall. */
export function keptOrListed(generation: Generation): boolean {
  return lists(generation) || generation.phase === 'failed';
}

/** Falling and draining generations are owed: their devices still have to be deleted or released. */
export function owed(generation: Generation): boolean {
  return generation.phase === 'falling' || generation.phase === 'draining';
}

/** What a head owes, in the order in which it is best cleared away: what was never reported leaves some of its devices to what was. */
export function owedBy({ generations }: Head): Generation[] {
  const all = generations.filter(owed);
  return [...all.filter(({ reported }) => reported), ...all.filter(({ reported }) => !reported)];
}

/** Whether a request has not come to its end. */
export function isOpen({ outcome }: Request): boolean {
  return outcome === undefined;
}

/** @throws BatchError `RecordMissing` if the head has no such generation, though it speaks of it, or somebody has heard of it. */
export function generationOf(head: Head, id: string): Generation {
  const generation = head.generations.find((each) => each.id === id);
  if (!generation) throw new BatchError('RecordMissing', `the record of batch ${head.batchId} has no generation ${id}`);
  return generation;
}

/** @throws BatchError `RecordMissing` if the head has no such request, though somebody has written it there. */
export function requestOf(head: Head, id: string): Request {
  const request = head.requests.find((each) => each.id === id);
  if (!request) throw new BatchError('RecordMissing', `the record of batch ${head.batchId} has no request ${id}`);
  return request;
}
