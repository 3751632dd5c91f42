import { CloudError } from '../../../lib/batch/ports/cloud';
import { ApiClient, type ApiCall, type ApiClientOptions } from '../../../lib/clouds/http/api-client';
import { errorOf, type Failure } from '../../../lib/clouds/http/failure';
import { RateLimits } from '../../../lib/clouds/http/rate-limits';
import { TransportError, type HttpRequest } from '../../../lib/clouds/http/transport';
import { VirtualClock } from '../virtual-clock';

interface Keys {
  id: string;
}

const operation = { name: 'Query', perSecond: 10, repeatable: false as boolean };

/** An account at a cloud that answers each call with the next of these, or with the last one. */
function account(answers: (Partial<Failure> | 'done')[], options: Partial<ApiClientOptions<Keys>> = {}) {
  const clock = new VirtualClock();
  const log = jest.fn();
  const send = jest.fn(async (_request: HttpRequest) => ({ status: 200, headers: {}, body: '' }));
  const close = jest.fn(async () => undefined);
  const rates = new RateLimits(clock, 1);
  const credentials = jest.fn(async (_refresh: boolean): Promise<Keys> => ({ id: 'one' }));
  const client = new ApiClient<Keys>({
    credentials,
    transport: { send, close },
    clock,
    observer: { log, progress: () => undefined },
    rates,
    until: Infinity,
    ...options,
  });
  const call = (repeatable = false): ApiCall<string, Keys> => ({
    operation: { ...operation, repeatable },
    sign: () => ({ method: 'POST', url: 'https://cloud.example', headers: {}, body: '' }),
    read: () => {
      const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? 'done';
      if (answer === 'done') return { answer };
      return { failure: { code: 'Some.Code', text: 'failed', meaning: 'permanent', ...answer } };
    },
    error: (failure) => errorOf('Some', { ...operation, repeatable }, failure, []),
  });
  return { client, call, clock, log, send, close, credentials, rate: () => rates.of('Query', 10).currentRate };
}

describe('I10: the pace of an operation', () => {
  test.each([
    [{ meaning: 'throttled' }, 'falls', 2],
    // It may have been refused for the rate as well.
    [{ meaning: 'uncertain' }, 'stays', 4],
    [{ meaning: 'permanent' }, 'climbs', 4.4],
    ['done', 'climbs', 4.4],
  ] as const)('%j after one that was throttled: it %s', async (answer, _how, rate) => {
    const { client, call, clock, rate: present } = account([{ meaning: 'throttled' }, answer]);
    await expect(client.call(call())).rejects.toMatchObject({ kind: 'throttled' });
    expect(present()).toBe(4);
    clock.advance(1_000);
    await client.call(call()).catch(() => undefined);
    expect(present()).toBeCloseTo(rate);
  });

  test('I6: gives no request more time than is left', async () => {
    const clock = new VirtualClock();
    const { client, call, send } = account(['done'], { clock, until: clock.now() + 7_000 });
    await client.call(call());
    expect(send).toHaveBeenCalledWith(expect.objectContaining({ timeoutMs: 7_000 }));
  });

  test('I6: leaves a call unsent whose turn would come after the deadline', async () => {
    const clock = new VirtualClock();
    const { client, call, send } = account(['done'], { clock, until: clock.now() + 100 });
    await client.call(call());
    await expect(client.call(call())).rejects.toMatchObject({ vendorCode: 'DeadlineReached', kind: 'transient' });
    expect(send).toHaveBeenCalledTimes(1);
  });
});

describe('a call that failed', () => {
  test.each([
    ['no', 'transient', 'Query failed: not sent: it broke [ConnectionLost]'],
    ['perhaps', 'outcomeUnknown', 'Query failed: the answer was lost: it broke [ConnectionLost]'],
  ] as const)('says whether it left this machine: %s', async (sent, kind, message) => {
    const { client, call, send } = account(['done']);
    send.mockRejectedValue(new TransportError('ConnectionLost', sent, 'it broke'));
    await expect(client.call(call())).rejects.toMatchObject({ kind, message });
  });

  test('is told to the log, with its reason and the delay, where it is repeated', async () => {
    const { client, call, log } = account([{ meaning: 'uncertain', requestId: '57B1' }, 'done']);
    expect(await client.call(call(true))).toBe('done');
    const fields = { operation: 'Query', requestId: '57B1', code: 'Some.Code', delayMs: 125 };
    expect(log.mock.calls).toEqual([['debug', 'call will be repeated', fields]]);
  });

  test('for its keys is made once more at most, whatever time the cloud has', async () => {
    const { client, call, send, credentials, clock } = account([{ meaning: 'keys' }]);
    credentials.mockImplementation(async () => ({ id: `key ${credentials.mock.calls.length}` }));
    const date = new Date(clock.now() + 3600_000).toUTCString();
    send.mockResolvedValue({ status: 200, headers: { date }, body: '' });
    await expect(client.call(call())).rejects.toMatchObject({ kind: 'credentials' });
    expect(credentials.mock.calls).toEqual([[false], [true]]);
    expect(send).toHaveBeenCalledTimes(2);
  });

  test('for the time is final where no answer tells what time it is', async () => {
    const { client, call, send, log } = account([{ meaning: 'clock' }]);
    await expect(client.call(call())).rejects.toMatchObject({ kind: 'permanent' });
    expect(send).toHaveBeenCalledTimes(1);
    expect(log).not.toHaveBeenCalled();
  });

  test('for the time is told to the log with how wrong this machine is', async () => {
    const { client, call, send, log, clock } = account([{ meaning: 'clock' }, 'done']);
    // The header has whole seconds, cut off.
    const date = new Date(clock.now() + 3600_000).toUTCString();
    send.mockResolvedValue({ status: 200, headers: { date }, body: '' });
    expect(await client.call(call())).toBe('done');
    const [[level, , fields]] = log.mock.calls as [[string, string, object]];
    expect([level, fields]).toEqual(['warn', { serverAheadMs: 3600_500 }]);
  });
});

describe('keys that cannot be read', () => {
  test('say why, in an error of their own', async () => {
    const { client, call, credentials } = account(['done']);
    credentials.mockRejectedValue(new TypeError('not authorized'));
    await expect(client.call(call())).rejects.toMatchObject({
      kind: 'credentials',
      details: { operation: 'read credentials' },
      message: 'the credentials cannot be read: TypeError: not authorized [CredentialsUnreadable]',
    });
  });

  test('where a cloud does not give them are its own error', async () => {
    const { client, call, credentials } = account(['done']);
    const error = new CloudError('throttled', 'Throttling', 'too many');
    credentials.mockRejectedValue(error);
    await expect(client.call(call())).rejects.toBe(error);
  });
});

test('closed, it ends its connections and sends nothing any more', async () => {
  const { client, call, send, close } = account(['done']);
  await client.close();
  expect(close).toHaveBeenCalledTimes(1);
  await expect(client.call(call())).rejects.toMatchObject({ vendorCode: 'Closed', kind: 'transient' });
  expect(send).not.toHaveBeenCalled();
});
