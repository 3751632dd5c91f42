import type { TencentApiVersion } from '../../../lib/batch/contract/cloud-reference';
import { literalCloud, names } from './harness';

/** A task of 250 devices, as somebody else may have opened it, of which every tenth failed. */
const all = names(250);
const failed = all.filter((_, index) => index % 10 === 0);
const created = all.filter((name) => !failed.includes(name));

function pageOf(apiVersion: TencentApiVersion, page: readonly string[]): unknown {
  const result = (name: string) => (failed.includes(name) ? 2001 : 0);
  if (apiVersion === '2.0') {
    const listCreateDeviceInfo = page.map((deviceName) => ({
      deviceName,
      devicePsk: 'a2V5',
      result: result(deviceName),
    }));
    return { code: 0, message: '', totalDevNum: all.length, listCreateDeviceInfo };
  }
  const DevicesInfo = page.map((DeviceName) => ({ DeviceName, DevicePsk: 'a2V5', Result: result(DeviceName) }));
  return { Response: { TotalDevNum: all.length, DevicesInfo } };
}

const cut = (list: readonly string[]) => [list.slice(0, 100), list.slice(100, 200), list.slice(200)];

const orders: [string, readonly string[]][] = [
  ['as they were asked for', all],
  ['backwards', [...all].reverse()],
  // 7 has no factor in common with 250: every name comes once.
  ['in no order', all.map((_, index) => all[(index * 7) % all.length] as string)],
];

describe.each<TencentApiVersion>(['3.0', '2.0'])('by API %s the pages of a task', (apiVersion) => {
  const finished = apiVersion === '3.0' ? { Response: { TaskStatus: 2 } } : { code: 0, taskStatus: 2 };

  const connect = (...bodies: unknown[]) => literalCloud(apiVersion, ...bodies);
  const pages = (...lists: (readonly string[])[]) => lists.map((list) => pageOf(apiVersion, list));

  test.each(orders)('may list its devices %s', async (_order, list) => {
    const { cloud } = connect(finished, ...pages(...cut(list)));
    const state = await cloud.observe([], 'task');
    if (state.state !== 'settled') throw new Error(`it is ${state.state}`);
    expect(state.created?.sort()).toEqual(created);
    expect(state.failures.map(({ name }) => name).sort()).toEqual(failed);
  });

  test.each(orders)('are collected one after the other, listed %s', async (_order, list) => {
    const { cloud, sent } = connect(...pages(...cut(list)));
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const { devices, next, total } = await cloud.collect('task', cursor);
      expect(total).toBe(all.length);
      found.push(...devices.map(({ name }) => name));
      cursor = next;
    } while (cursor !== undefined);
    expect(found.sort()).toEqual(created);
    expect(sent.map(({ body }) => offsetOf(apiVersion, body))).toEqual([0, 100, 200]);
  });

  test('that repeat a device are no result: another one would count as not created', async () => {
    const { cloud } = connect(finished, ...pages(all.slice(0, 100), all.slice(99, 199), all.slice(199)));
    await expect(cloud.observe([], 'task')).rejects.toMatchObject({
      kind: 'transient',
      vendorCode: 'IncompleteAnswer',
    });
  });
});

/** From which device on a request asks. */
function offsetOf(apiVersion: TencentApiVersion, body: string): number {
  if (apiVersion === '3.0') return (JSON.parse(body) as { Offset: number }).Offset;
  const form = new URLSearchParams(body);
  return (Number(form.get('pageNum')) - 1) * Number(form.get('pageSize'));
}
