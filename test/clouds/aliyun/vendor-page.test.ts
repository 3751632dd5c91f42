import { json, startBench, xml, type Bench } from './harness';

/**
 * The request and the answers that the vendor prints for QueryBatchRegisterDeviceStatus (the Chinese text of the
 * international site; help.aliyun.com 69483 has the same ones today).
 */
const requested =
  'https://iot.cn-shanghai.aliyuncs.com/?Action=QueryBatchRegisterDeviceStatus&ProductKey=al*********&ApplyId=4416';

/** As printed: the comma after `true` is a full-width one, so this is no JSON. */
const printed = `
    {
      "RequestId":"57b144cf-09fc-4916-a272-a62902d5b207",
      "Success": true，
      "Data": {
        "Status": "CREATE_SUCCESS",
        "ValidList": {
          "Name": [

          ]
        },
        "InvalidList": {
          "Name": [

          ]
        }
      }
    }
`;
const corrected = printed.replace('，', ',');

const printedXml = `
    <?xml version='1.0' encoding='utf-8'?>
    <QueryBatchCheckDeviceNamesStatusResponse>
        <RequestId>57b144cf-09fc-4916-a272-a62902d5b207</RequestId>
        <Success>true</Success>
        <Data>
            <Status>CREATE_SUCCESS</Status>
            <ValidList/>
            <InvalidList/>
        </Data>
    </QueryBatchCheckDeviceNamesStatusResponse>
`;

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

const { searchParams } = new URL(requested);
const applyId = searchParams.get('ApplyId') ?? '';
const productKey = searchParams.get('ProductKey') ?? '';

async function ask(...answers: Parameters<Bench['serve']>) {
  const server = await bench.serve(...answers);
  const cloud = bench.connect({ reference: { endpoint: server.url, productKey, signature: 'HMAC-SHA1' } });
  return { server, state: cloud.observe(['light-001'], applyId) };
}

describe("the vendor's page of QueryBatchRegisterDeviceStatus", () => {
  test('its sample request is the one that is sent, and common parameters', async () => {
    const { server, state } = await ask(json(corrected));
    await state;
    const sent = Object.fromEntries(server.forms[0] ?? []);
    expect(sent).toMatchObject(Object.fromEntries(searchParams));
    const common = Object.keys(sent).filter((name) => !searchParams.has(name));
    expect(common.sort()).toEqual([
      'AccessKeyId',
      'Format',
      'RegionId',
      'Signature',
      'SignatureMethod',
      'SignatureNonce',
      'SignatureVersion',
      'Timestamp',
      'Version',
    ]);
  });

  test.each([
    ['JSON, its comma corrected', json(corrected)],
    ['XML, with the root of another operation', xml(printedXml)],
    ['XML, announced as JSON', json(printedXml)],
  ])('its sample answer in %s is a batch that was created', async (_name, answer) => {
    const { state } = await ask(answer);
    expect(await state).toEqual({ state: 'settled', failures: [] });
  });

  test('I4: its sample answer as printed is no JSON, and never taken for success', async () => {
    const { server, state } = await ask(json(printed));
    await expect(state).rejects.toMatchObject({ kind: 'transient', vendorCode: 'UnreadableAnswer' });
    expect(server.requests.length).toBeGreaterThan(1);
  });
});
