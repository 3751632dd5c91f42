import { legacyMeaningOf, meaningOf } from '../../../lib/clouds/tencent/codes';

test.each([
  ['RequestLimitExceeded', 'throttled'],
  ['RequestLimitExceeded.GlobalRegionUinLimitExceeded', 'throttled'],
  ['InternalError', 'uncertain'],
  ['InternalError.DBOperationError', 'uncertain'],
  ['ServiceUnavailable', 'uncertain'],
  ['UnauthorizedOperation.CreateMultiDeviceTaskNotFinished', 'uncertain'],
  ['AuthFailure.SignatureExpire', 'clock'],
  ['AuthFailure.SignatureFailure', 'keys'],
  ['AuthFailure.SecretIdNotFound', 'keys'],
  ['AuthFailure.TokenFailure', 'keys'],
  ['AuthFailure.UnauthorizedOperation', 'forbidden'],
  ['UnauthorizedOperation', 'forbidden'],
  // A device's state, no question of permission.
  ['UnauthorizedOperation.GatewayHasBindedDevices', 'permanent'],
  ['LimitExceeded.DeviceExceedLimit', 'permanent'],
  ['InvalidParameterValue', 'permanent'],
  ['SomethingNew', 'permanent'],
  // What every object has.
  ['constructor', 'permanent'],
  ['__proto__', 'permanent'],
])('API 3.0: %s is %s', (code, meaning) => {
  expect(meaningOf(code, 200).meaning).toBe(meaning);
});

test.each([
  ['4400', 'throttled'],
  ['4500', 'clock'],
  ['4100', 'keys'],
  ['4105', 'keys'],
  ['4103', 'forbidden'],
  ['6000', 'uncertain'],
  ['2100', 'uncertain'],
  ['2001', 'permanent'],
  ['4000', 'permanent'],
  ['7777', 'permanent'],
])('API 2.0: %s is %s', (code, meaning) => {
  expect(legacyMeaningOf(code, undefined, 200).meaning).toBe(meaning);
});

test.each([
  // The module's own counts where it is known, whatever stands in front of it.
  ['4400', '2000', 'permanent'],
  ['6000', '2006', 'permanent'],
  ['5000', '2100', 'uncertain'],
  ['5000', '2002', 'permanent'],
  ['5100', '2999', 'permanent'],
  ['4000', '2001', 'permanent'],
  // One that is not says nothing against refused keys, a rate or a fault of the server's.
  ['4105', '100005', 'keys'],
  ['4103', '2999', 'forbidden'],
  ['4400', '2999', 'throttled'],
  ['4500', '1', 'clock'],
  ['6000', '2999', 'uncertain'],
])('API 2.0: %s with (%s) in its message is %s', (code, module, meaning) => {
  expect(legacyMeaningOf(code, module, 200).meaning).toBe(meaning);
});

test('a code that nobody knows is the fault of the cloud where the status says so', () => {
  expect(meaningOf('SomethingNew', 503).meaning).toBe('uncertain');
  expect(legacyMeaningOf('7777', undefined, 500).meaning).toBe('uncertain');
});
