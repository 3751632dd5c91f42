import { literalCloud, names } from './harness';

function connect(...bodies: object[]) {
  const { cloud, sent } = literalCloud('2.0', ...bodies);
  return { cloud, pages: () => sent.map(({ body }) => Number(new URLSearchParams(body).get('pageNum'))) };
}

describe('listing a product by API 2.0', () => {
  const page = (totalCnt: number, list: readonly string[]) => ({
    code: 0,
    totalCnt,
    devices: list.map((deviceName) => ({ deviceName })),
  });
  const all = names(150);
  const [first, second] = [all.slice(0, 100), all.slice(100)];
  const moved = [...second.slice(1), 'somebody'];

  test.each([
    ['once where it has one page', [page(2, ['light-001', 'light-002'])], [1]],
    ['twice where it has more', [page(150, first), page(150, second)], [1, 2, 1, 2]],
    [
      'once more where what was seen before is not all there any more, though the count is the same',
      [page(150, first), page(150, second), page(150, first), page(150, moved), page(150, first), page(150, moved)],
      [1, 2, 1, 2, 1, 2],
    ],
    [
      'twice more after one during which the count has changed, which is not walked to its end',
      [page(250, first), page(249, second), page(150, first), page(150, second), page(150, first), page(150, second)],
      [1, 2, 1, 2, 1, 2],
    ],
    [
      'twice more after one at whose last page the count has changed',
      [page(150, first), page(149, second), page(150, first), page(150, second), page(150, first), page(150, second)],
      [1, 2, 1, 2, 1, 2],
    ],
  ])('is done %s, until a name that is on no page is known to be free (I3)', async (_how, answers, asked) => {
    const { cloud, pages } = connect(...answers, ...answers);
    expect(await cloud.lookUp(['light-001', 'absent'])).toEqual([{ name: 'light-001', identity: 'name:light-001' }]);
    expect(pages()).toEqual(asked);
  });

  test('that never adds up is an error after four times, for a device that it left out would look free (I3)', async () => {
    const answers = [page(3, ['light-001', 'light-002']), page(3, [])];
    const { cloud, pages } = connect(...Array<typeof answers>(9).fill(answers).flat());
    await expect(cloud.lookUp(['light-001', 'absent'])).rejects.toMatchObject({
      kind: 'transient',
      vendorCode: 'IncompleteAnswer',
    });
    expect(pages()).toEqual([1, 2, 1, 2, 1, 2, 1, 2]);
  });

  test('that does not add up is good enough where it shows every name', async () => {
    const { cloud, pages } = connect(page(3, ['light-001', 'light-002']), page(3, []));
    expect(await cloud.lookUp(['light-001', 'light-002'])).toHaveLength(2);
    expect(pages()).toEqual([1, 2]);
  });
});

describe('by API 2.0 a deletion that is refused', () => {
  const refused = (module: string) => ({ code: 5000, message: `(${module})失败`, codeDesc: 'InternalError' });

  test.each(['2002', '2003', '1999'])(
    'proves that one may delete where (%s) is documented for nothing else',
    async (code) => {
      await expect(connect(refused(code)).cloud.proveDeletable('nobody')).resolves.toBeUndefined();
    },
  );

  test.each([
    ['1004', 'the product does not exist'],
    ['1101', 'a parameter is wrong'],
    ['2101', 'the name is wrong'],
    ['2100', 'the cloud has failed'],
    ['1100', 'the cloud has failed'],
    ['102003', 'nobody knows what has happened'],
  ])('proves nothing where (%s) says that %s', async (code) => {
    await expect(connect(refused(code)).cloud.proveDeletable('nobody')).rejects.toMatchObject({ vendorCode: code });
  });

  test('proves nothing where it never came to the IoT module', async () => {
    const { cloud } = connect({ code: 4000, message: '', codeDesc: 'InvalidParameter' });
    await expect(cloud.proveDeletable('nobody')).rejects.toMatchObject({ vendorCode: '4000' });
  });
});
