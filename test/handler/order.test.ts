import { orderOf } from '../../handler/order';
import type { CustomResourceEvent } from '../../handler/framework';

const properties = {
  ServiceToken: 'arn',
  version: '1',
  cloud: { aliyun: { region: 'cn-shanghai', productKey: 'a1BwAGV0001' } },
  devices: { named: ['light-001'] },
  timeoutSeconds: '600',
};
const event = (rest: Partial<CustomResourceEvent>): CustomResourceEvent => ({
  RequestType: 'Create',
  RequestId: 'r1',
  StackId: 's',
  LogicalResourceId: 'l',
  ResourceProperties: properties,
  ...rest,
});
const NOW = 1_000_000;

describe('an order', () => {
  it('of a Create has its options, and ends after its time-out', () => {
    expect(orderOf(event({}), NOW)).toMatchObject({
      type: 'create',
      requestId: 'r1',
      deadline: NOW + 600_000,
      options: { devices: { named: ['light-001'] }, deleteActivated: false },
    });
  });

  it('never ends later than CloudFormation can wait', () => {
    const ResourceProperties = { ...properties, timeoutSeconds: '999999' };
    expect(orderOf(event({ ResourceProperties }), NOW).deadline).toBe(NOW + 55 * 60_000);
  });

  it('of an Update names the generation that CloudFormation has, and the options that it believes in force', () => {
    const OldResourceProperties = { ...properties, timeoutSeconds: '700' };
    expect(
      orderOf(event({ RequestType: 'Update', PhysicalResourceId: 'g1', OldResourceProperties }), NOW),
    ).toMatchObject({
      type: 'update',
      named: 'g1',
      options: { timeoutSeconds: 600 },
      previous: { timeoutSeconds: 700 },
    });
  });

  it.each([
    ['cannot be read', { junk: 'yes' }],
    ['name what no device may be called', { ...properties, devices: { named: ['no!'] } }],
  ])('of an Update whose old options %s leaves them out: they were never in force', (_what, OldResourceProperties) => {
    const update = event({ RequestType: 'Update', PhysicalResourceId: 'g1', OldResourceProperties });
    expect(orderOf(update, NOW)).not.toHaveProperty('previous');
  });

  it.each([
    ['600', 600],
    [600, 600],
    ['5', 3300],
    ['1e9', 3300],
    ['soon', 3300],
    [undefined, 3300],
    [{}, 3300],
  ])('of a Delete with a time-out of %j ends after %i s', (timeoutSeconds, seconds) => {
    const order = orderOf(
      event({ RequestType: 'Delete', PhysicalResourceId: 'g1', ResourceProperties: { timeoutSeconds } }),
      NOW,
    );
    expect(order).toEqual({ type: 'delete', requestId: 'r1', named: 'g1', deadline: NOW + seconds * 1000 });
  });

  it.each([
    ['InvalidOptions', { ...properties, timeoutSeconds: 'soon' }],
    ['InvalidOptions', undefined],
    ['InvalidDevices', { ...properties, devices: { named: ['light-001', 'light-001'] } }],
    ['InvalidDevices', { ...properties, devices: { named: [] } }],
    ['ActivationUnknown', { ...properties, cloud: { tencent: { productId: 'P', apiVersion: '2.0' } } }],
    ['NewerOptions', { ...properties, version: '2' }],
  ])('is refused with %s where the options are wrong', (code, ResourceProperties) => {
    expect(() => orderOf(event({ ResourceProperties }), NOW)).toThrow(expect.objectContaining({ code }) as Error);
  });

  it.each([{ deleteActivated: 'true' }, { removalPolicy: 'retain' }, { devices: { fromJob: { id: '1' } } }])(
    'on a cloud that cannot tell whether a device has connected is taken with %j',
    (changes) => {
      const cloud = { tencent: { productId: 'P', apiVersion: '2.0' } };
      expect(orderOf(event({ ResourceProperties: { ...properties, cloud, ...changes } }), NOW)).toMatchObject({
        type: 'create',
      });
    },
  );
});
