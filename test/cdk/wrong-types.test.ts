import { Duration } from 'aws-cdk-lib';
import { Devices, OnExisting } from '../../lib';
import { resource, BATCH, lights, town } from './town';

/** Programs without a compiler: none of these is a `DeviceBatchProps`. */
describe('what a compiler would refuse is an error with a code', () => {
  it.each<[string, object, string]>([
    ['a text in the place of names', { devices: Devices.named('abcdef' as never) }, 'devices'],
    ['a text in the place of names to adopt', { onExisting: OnExisting.adoptOnly('light-001' as never) }, 'onExisting'],
    ['no names', { devices: Devices.named(undefined as never) }, 'devices is undefined; it must be a list of texts'],
    [
      'a count that is a text',
      { devices: Devices.generated({ count: 'three' as never }) },
      'count is "three"; it must be a number',
    ],
    ['a boolean that is a number', { deleteActivated: 1 }, 'deleteActivated'],
    ['a policy that is none', { onPartialFailure: 'shrug' }, 'onPartialFailure'],
    [
      'no cloud',
      { cloud: { accessKeySecret: 'hidden' } },
      'cloud is an object of accessKeySecret: make it with Device',
    ],
    ['seconds in the place of a time', { timeout: 900 }, 'timeout is 900: make it with Duration.minutes()'],
    ['a text in the place of what becomes of secrets', { deviceCredentials: 'none' }, 'deviceCredentials is "none"'],
  ])('%s', (_, props, said) => {
    const make = () => lights(town(), props);
    expect(make).toThrow(expect.objectContaining({ code: 'InvalidOptions' }) as Error);
    expect(make).toThrow(said);
    expect(make).not.toThrow('hidden');
  });

  it('and what it lets through is let through', () => {
    const stack = town();
    lights(stack, { timeout: Duration.minutes(30), onExisting: OnExisting.adoptOnly(['light-001']) });
    expect(resource(stack, BATCH).Properties.timeoutSeconds).toBe(1800);
  });
});
