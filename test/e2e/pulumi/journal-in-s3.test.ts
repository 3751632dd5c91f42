/** The machines of a pipeline, which share nothing but a bucket and the backend: any of them goes on where another was cut off. */
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { startLocalAws, type LocalAws } from '../../../local-aws';
import { aliyun, preSharedKeys } from '../../support/tested-clouds';
import { canFindProcesses } from '../harness/processes';
import { lights } from '../harness/oracle';
import { until } from '../harness/until';
import { succeeded } from './harness/command';
import { sequence, Town, type Batches } from './harness/town';

jest.setTimeout(300_000);

const HOUR = 3_600_000;
const BUCKET = 'pipeline';

let aws: LocalAws;
let s3: S3Client;
let town: Town;
beforeAll(async () => {
  aws = await startLocalAws({ bootstrapped: false });
  s3 = new S3Client(aws.client);
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
});
afterEach(() => town?.close());
afterAll(async () => {
  s3?.destroy();
  await aws?.stop();
});

/** Everything in the bucket, by its keys. */
async function objects(): Promise<Map<string, string>> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
  const texts = Contents.map(async ({ Key = '' }) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    return [Key, (await Body?.transformToString('latin1')) ?? ''] as const;
  });
  return new Map(await Promise.all(texts));
}

const onLinux = canFindProcesses ? describe : describe.skip;

onLinux.each([aliyun, preSharedKeys])('on $name', (cloud) => {
  test('what a machine was cut off in, another one with nothing but the bucket and the backend finishes and clears away', async () => {
    const path = cloud === aliyun ? 'one' : 'other';
    const street = (count: number): Batches => ({
      lights: {
        devices: sequence('light-', count),
        journal: `s3://${BUCKET}/${path}?region=${aws.region}&s3ForcePathStyle=true`,
        deviceCredentials: { s3: `s3://${BUCKET}/${path}/secrets.json` },
      },
    });
    town = await Town.open(cloud, {
      createMs: HOUR,
      environment: ({ keys }) => ({ ...keys, ...aws.environment }),
    });
    await town.write(street(2));
    const up = town.project.startUp();
    await until(() => town.registrations > 0, 60);
    await town.project.killAll();
    await up.ended;
    await town.project.unlock();

    await town.project.moveToAnotherMachine();
    await town.write(street(2));
    const again = await town.meanwhileJobsEnd(town.project.up());
    expect(again).toMatchObject({ code: 0 });
    expect(town.registrations).toBe(1);
    expect(town.names()).toEqual(lights(2));
    expect((await town.project.outputs()).lights).toMatchObject({ deviceNames: lights(2), deviceSecrets: '{}' });

    const kept = await objects();
    const saved = JSON.parse(kept.get(`${path}/secrets.json`) ?? '{}') as Record<string, { id: string }>;
    expect(new Map(Object.entries(saved).map(([name, { id }]) => [name, id]))).toEqual(town.devices());
    expect([...kept.keys()].some((key) => key.startsWith(`${path}/.iot-device-batch/town/dev/heads/`))).toBe(true);
    kept.delete(`${path}/secrets.json`);
    const texts = [...kept.values(), ...town.project.printed, ...(await town.project.stateFiles()).values()].join('\n');
    expect(texts).toContain('light-002');
    for (const secret of [...town.cloud.secrets(town.emulator), ...Object.values(town.keys).slice(1)]) {
      expect(texts).not.toContain(secret);
    }
    expect((await town.project.journal()).size).toBe(0);

    await town.project.moveToAnotherMachine();
    await town.write(street(2));
    succeeded(await town.project.destroy());
    expect(town.names()).toEqual([]);
    expect(await town.project.resources()).toEqual([]);
  });
});
