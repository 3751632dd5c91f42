import { writeMetrics } from '../../handler/metrics';
import { LogObserver } from '../../handler/observer';
import { HandlerWorld, STACK_ID } from '../support/handler-world';
import { VirtualClock } from '../support/virtual-clock';

type Line = Record<string, unknown>;

describe('the log', () => {
  let clock: VirtualClock;
  let lines: string[];
  let observer: LogObserver;
  beforeEach(() => {
    clock = new VirtualClock();
    lines = [];
    observer = new LogObserver({ clock, write: (line) => void lines.push(line) }, { batchId: 'b1', requestId: 'r1' });
  });
  const parsed = () => lines.map((line) => JSON.parse(line) as Line);

  it('is a JSON object a line, with time, level, batch, request and fields', () => {
    observer.log('warn', 'two\nlines', { delayMs: 5 });
    expect(lines[0]).not.toContain('\n');
    expect(parsed()).toEqual([
      {
        time: '2026-01-02T03:04:05.000Z',
        level: 'warn',
        message: 'two\nlines',
        batchId: 'b1',
        requestId: 'r1',
        delayMs: 5,
      },
    ]);
  });

  it('shows errors with their stacks', () => {
    observer.log('error', 'failed', { error: new TypeError('x') });
    expect(parsed()[0]?.error).toMatch(/^TypeError: x\n +at /);
  });

  it('has progress every ten seconds a step, its end, and where it stood in the end', () => {
    for (let done = 0; done <= 250; done += 10) {
      observer.progress({ step: 'delete', done, of: 1_000 });
      clock.advance(1_000);
    }
    observer.progress({ step: 'look-up', done: 1, of: 2 });
    observer.progress({ step: 'look-up', done: 2, of: 2 });
    observer.flush();
    expect(parsed().map(({ step, done }) => [step, done])).toEqual([
      ['delete', 0],
      ['delete', 100],
      ['delete', 200],
      ['look-up', 1],
      ['look-up', 2],
      ['delete', 250],
    ]);
  });

  it.each([
    'DeviceSecret',
    'device_secret',
    'ProductSecret',
    'PrivateKey',
    'CertUrl',
    'SecurityToken',
    'Signature',
    'AccessKeySecret',
    'DevicePsk',
    'devicePrivateKey',
    'ClientKey',
    'DefinedPsk',
    'Skey',
    'LoraAppKey',
    'LoraNwkKey',
    'Authorization',
    'X-TC-Token',
    'ResponseURL',
  ])('never shows what %s holds, as a field or within a text (I7)', (name) => {
    observer.log('info', `it said {"${name}": "Zx81QqPp77"}, ${name}=Zx81QqPp77&a=b, ${name}: Zx81QqPp77`, {
      nested: [{ [name]: 'Zx81QqPp77' }],
      text: JSON.stringify({ text: JSON.stringify({ [name]: 'Zx81QqPp77' }) }),
    });
    expect(lines[0]).not.toContain('Zx81QqPp77');
    expect(lines[0]).toContain('[redacted]');
  });

  it('leaves what is no secret as it is', () => {
    const message =
      'light-001 (name exists): ask for SecurityToken and "AccessKeySecret": "…" [Code, Alibaba request 57B1-AA]';
    observer.log('info', message, { jobId: '1295006', url: 'https://iot.cn-shanghai.aliyuncs.com/' });
    expect(parsed()[0]).toMatchObject({ message, jobId: '1295006', url: 'https://iot.cn-shanghai.aliyuncs.com/' });
  });

  it('survives fields that are no JSON', () => {
    const circle: Line = {};
    circle.circle = circle;
    observer.log('info', 'm', circle);
    observer.log('info', 'm', { big: 1n });
    expect(lines).toHaveLength(2);
  });
});

describe('metrics', () => {
  it('are written in the embedded metric format, under the name of the stack', () => {
    const lines: string[] = [];
    const clock = new VirtualClock();
    writeMetrics({ clock, write: (line) => void lines.push(line) }, STACK_ID, {
      DevicesDeleted: 3,
      GenerationsOwed: 0,
    });
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      _aws: {
        Timestamp: clock.now(),
        CloudWatchMetrics: [
          {
            Namespace: 'IotDeviceBatch',
            Dimensions: [['Stack']],
            Metrics: [
              { Name: 'DevicesDeleted', Unit: 'Count' },
              { Name: 'GenerationsOwed', Unit: 'Count' },
            ],
          },
        ],
      },
      Stack: 'street',
      DevicesDeleted: 3,
      GenerationsOwed: 0,
    });
  });

  it('count what is registered, deleted and owed over the life of a batch (I11)', async () => {
    const world = await HandlerWorld.start();
    try {
      const { PhysicalResourceId: id } = await world.create();
      const next = await world.update(id, { devices: { named: ['light-001'] } });
      world.emulator.emulator.aliyun.devices()[1]!.status = 'ONLINE';
      expect((await world.delete(id)).Status).toBe('FAILED');
      world.emulator.emulator.aliyun.devices()[1]!.status = 'UNACTIVE';
      await world.delete(id);
      await world.delete(next.PhysicalResourceId);
      const metrics = world.log.map((line) => JSON.parse(line) as Line).filter((line) => '_aws' in line);
      expect(
        metrics.map(({ DevicesRegistered, DevicesDeleted, GenerationsOwed }) => [
          DevicesRegistered,
          DevicesDeleted,
          GenerationsOwed,
        ]),
      ).toEqual([
        [3, undefined, 0],
        [undefined, undefined, 0],
        [undefined, undefined, 1],
        [undefined, 2, 0],
        [undefined, 1, 0],
      ]);
    } finally {
      await world.close();
    }
  });
});
