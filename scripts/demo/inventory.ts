import { isDeepStrictEqual } from 'node:util';
import type { Narrator } from './narrator';
import { scenes } from './scenes';
import type { Stage } from './stage';

/** What the IoT cloud holds, asked over the emulator's admin API and so past everything that is demonstrated. */
export class Inventory {
  constructor(private readonly stage: Stage) {}

  /**
   * Says what there is.
   * @throws if it is not exactly the devices of these names
   */
  async holds(expected: readonly string[]): Promise<string> {
    const devices = (await this.#call('GET', 'devices')) as { deviceName: string }[];
    const names = devices.map((device) => device.deviceName);
    if (isDeepStrictEqual([...names].sort(), [...expected].sort())) return describe(names);
    throw new Error(`the IoT cloud holds ${describe(names)}, not ${describe(expected)}`);
  }

  /** Asks for all to hear. */
  ask(narrator: Narrator, expected: readonly string[], comment = ''): Promise<string> {
    return narrator.step(
      'ask the IoT cloud what it holds',
      () => this.holds(expected),
      (held) => held + comment,
    );
  }

  async registerByHand(deviceName: string): Promise<void> {
    const { scene, cloud } = this.stage;
    await this.#call('POST', 'seed', { devices: [scenes[scene].deviceOf(cloud, deviceName)] });
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const { scene, cloud } = this.stage;
    const url = `${cloud.url}/_emulator/${scene}/${path}`;
    const response = await fetch(url, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${method} ${url}: ${JSON.stringify(answer)}`);
    return answer;
  }
}

function describe(names: readonly string[]): string {
  const sorted = [...names].sort();
  const shown = names.length > 4 ? [...sorted.slice(0, 2), '…', ...sorted.slice(-2)] : sorted;
  return `${names.length} ${names.length === 1 ? 'device' : 'devices'}: ${shown.join(', ')}`;
}
