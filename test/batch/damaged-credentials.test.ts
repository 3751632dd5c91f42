/** Secrets that somebody has damaged in the store (I4): nothing is registered, and the error shows none of them (I7). */
import { gunzipSync, gzipSync } from 'node:zlib';
import { lights, World } from '../support/world';

let world: World;
let generation: string;
let part: string;
beforeEach(async () => {
  world = new World();
  ({ generation } = await world.create(world.options(lights(2))));
  part = [...world.store.objects.keys()].find((key) => key.endsWith('.ndjson.gz'))!;
});

it.each([
  ['no gzip', (body: Uint8Array) => body.slice(3)],
  ['cut off', (body: Uint8Array) => body.slice(0, -5)],
  ['no JSON', (body: Uint8Array) => gzipSync(gunzipSync(body).subarray(2))],
])('a part that is %s is named, before any device is registered', async (_how, damage) => {
  await world.store.put(part, damage(world.store.objects.get(part)!.body));

  const result = await world.update(generation, world.options(lights(3)));

  expect(result).toMatchObject({ state: 'failed', code: 'RecordUnreadable' });
  expect(result).toHaveProperty('message', expect.stringContaining(part));
  expect(world.devices()).toEqual(lights(2));
  for (const secret of world.cloud.secrets(world.emulator)) expect(JSON.stringify(result)).not.toContain(secret);
});
