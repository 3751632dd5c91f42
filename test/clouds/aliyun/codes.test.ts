import { meaningOf } from '../../../lib/clouds/aliyun/codes';

describe("the vendor's codes", () => {
  test.each([
    ['Throttling', 400, 'throttled'],
    ['Throttling.User', 400, 'throttled'],
    ['Throttling.Api', 503, 'throttled'],
    ['InvalidSecurityToken.Expired', 400, 'keys'],
    ['InvalidSecurityToken.Malformed', 400, 'keys'],
    ['InvalidAccessKeyId.NotFound', 404, 'keys'],
    ['InvalidAccessKeyId.Inactive', 403, 'keys'],
    ['SignatureDoesNotMatch', 403, 'keys'],
    ['Forbidden', 403, 'forbidden'],
    ['Forbidden.RAM', 403, 'forbidden'],
    ['Forbidden.UserVerification', 403, 'forbidden'],
    ['iot.common.RamActionPermissionDeny', 200, 'forbidden'],
    ['InvalidTimeStamp.Expired', 400, 'clock'],
    ['SignatureNonceUsed', 400, 'replayed'],
    ['iot.system.SystemException', 200, 'uncertain'],
    ['iot.device.ApplyManyDevicesFailed', 200, 'uncertain'],
    ['Iot.system.BillIsOverDue', 200, 'permanent'],
    ['iot.device.DeviceCountExceeded', 200, 'permanent'],
    ['MissingProductKey', 400, 'permanent'],
    ['Something.New', 200, 'permanent'],
    ['Something.New', 429, 'throttled'],
    ['Something.New', 502, 'uncertain'],
  ])('%s with HTTP %i means %s', (code, status, meaning) => expect(meaningOf(code, status).meaning).toBe(meaning));

  test('are told apart without regard to case', () => {
    expect(meaningOf('iot.system.BillIsOverDue', 200)).toBe(meaningOf('Iot.system.BillIsOverDue', 200));
    expect(meaningOf('iot.prod.notExistedproduct', 200).missing).toBe('product');
  });
});
