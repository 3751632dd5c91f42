import fc from 'fast-check';
import { parseDeviceFile, validateListedNames, type DeviceFileFormat } from '../../../lib/batch/contract/device-file';
import { aliyunLimits } from '../../../lib/clouds/aliyun/limits';

const parse = (
  title: string,
  text: string | Uint8Array,
  options: { format?: DeviceFileFormat; column?: string } = {},
) => parseDeviceFile({ title, bytes: typeof text === 'string' ? Buffer.from(text) : text, ...options });
const listed = (...args: Parameters<typeof parse>) => parse(...args).map(({ name, line }) => `${line} ${name}`);
const mistake = (...args: Parameters<typeof parse>) => {
  try {
    return parse(...args);
  } catch (error) {
    return `${(error as Error).message} [${(error as { code?: string }).code}]`;
  }
};

describe('a text file', () => {
  it.each([
    ['a name a line', 'gate\nbridge\n', ['1 gate', '2 bridge']],
    ['without an end of the last line', 'gate\nbridge', ['1 gate', '2 bridge']],
    ['with the line ends of Windows', 'gate\r\n\r\nbridge\r\n', ['1 gate', '3 bridge']],
    ['with those of old Macs', 'gate\r\rbridge\r', ['1 gate', '3 bridge']],
    ['with the mark that editors put first', '\uFEFFgate\n', ['1 gate']],
    [
      'with comments and blank lines',
      '# north\n\n  gate  # by the river\n\t#bridge\nbridge\t# no',
      ['3 gate', '5 bridge'],
    ],
    ['with a # within a name, which is none', 'gate#1\n', ['1 gate#1']],
  ])('%s', (_, text, expected) => {
    expect(listed('devices.txt', text)).toEqual(expected);
    expect(listed('lists/devices', text)).toEqual(expected);
  });
});

describe('the end of a file’s name', () => {
  it('says what it is, and only the end', () => {
    expect(listed('devices.csv.txt', 'name\ngate\n')).toEqual(['1 name', '2 gate']);
    expect(listed('devices.txt.csv', 'name\ngate\n')).toEqual(['2 gate']);
    expect(listed('lists.csv/devices', 'name\ngate\n')).toEqual(['1 name', '2 gate']);
  });
});

describe('a file that is not UTF-8', () => {
  it.each([
    [[0xff, 0xfe, 0x67], /is UTF-16/],
    [[0xfe, 0xff, 0x67], /is UTF-16/],
    [[0xff, 0x67], /line 1: is not UTF-8/],
    [[0xfe, 0x67], /line 1: is not UTF-8/],
    [[0x67, 0xff], /line 1: is not UTF-8/],
    [[0x67, 0xfe], /line 1: is not UTF-8/],
    [[0x0a, 0x67, 0x0a, 0xff], /line 3: is not UTF-8/],
  ])('of the bytes %j is refused as what it is', (bytes, message) => {
    expect(mistake('devices.txt', Uint8Array.from(bytes))).toMatch(message);
  });
});

describe('a CSV file', () => {
  it.each([
    ['has a header', 'name,place\ngate,north\nbridge,south\n', ['2 gate', '3 bridge']],
    ['may call the column as Alibaba does', 'DeviceSecret,DeviceName\nxyz,gate\n', ['2 gate']],
    ['or as programs do', 'deviceName\r\ngate\r\nbridge', ['2 gate', '3 bridge']],
    [
      'may quote cells, with commas, quotes and lines in them',
      '"name","a ""b"", c"\n"gate","x\n\ny"\n"bridge",z',
      ['2 gate', '5 bridge'],
    ],
    ['may have blank around cells and rows without any', 'place , name\n\nnorth,  gate \n,,\n', ['3 gate']],
    ['may have the mark that editors put first', '\uFEFF"name"\ngate\n', ['2 gate']],
    ['may have blank around quotes', 'name\n "gate" \n', ['2 gate']],
    ['may have quotes within cells of others', 'name,size\ngate,5" pipe\nbridge,4\n', ['2 gate', '3 bridge']],
    ['may end with a comma', 'place,name\nnorth,gate,', ['2 gate']],
  ])('%s', (_, text, expected) => {
    expect(listed('devices.csv', text)).toEqual(expected);
  });

  it('takes another column where it is told so', () => {
    expect(listed('devices.CSV', 'name,sn\nNorth gate,gate-1\n', { column: 'sn' })).toEqual(['2 gate-1']);
  });

  it.each([
    [
      'no such column',
      'gate,north\nbridge,south',
      'line 1: the header has no column named name or deviceName or DeviceName: separate',
    ],
    [
      'semicolons',
      'name;place\ngate;north',
      'line 1: the header has no column named name or deviceName or DeviceName: separate columns with commas',
    ],
    ['two such columns', 'name,DeviceName\na,b', 'line 1: the header has more than one column named'],
    ['a row without a name', 'place,name\nnorth,gate\n"x\ny"\n', 'line 3: the row has no name'],
    ['a row with an empty name', 'place,name\nnorth,\n', 'line 2: the row has no name'],
    ['a quote that never ends', 'name\ngate\n"bridge\nford\n', 'line 3: a quoted cell begins here that never ends'],
    ['text behind a quote', 'name\n"gate"way\n', 'line 2: text follows a quoted cell'],
  ])('with %s is refused', (_, text, message) => {
    expect(mistake('devices.csv', text)).toMatch(
      new RegExp(`^devices\\.csv, ${message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}.*\\[InvalidDeviceFile\\]$`, 's'),
    );
  });
});

describe('a JSON file', () => {
  it.each([
    ['an array of names', '["gate", "bridge"]', ['1 gate', '1 bridge']],
    [
      'an array of objects',
      '[\n  {"name": "gate"},\n  {"deviceName": "bridge", "tags": ["a", {"b": "],{"}]}\n]\n',
      ['2 gate', '3 bridge'],
    ],
    [
      'a mixture, with lines between',
      '\n[\n\n"gate"\n,\n\n{\n"DeviceName"\n:"bridge"}\n,"ford"]',
      ['4 gate', '7 bridge', '10 ford'],
    ],
    ['names with signs of JSON in them', '["a\\"],[b", "c\\\\", "d"]', ['1 a"],[b', '1 c\\', '1 d']],
    ['with the mark that editors put first', '\uFEFF["gate"]', ['1 gate']],
  ])('%s', (_, text, expected) => {
    expect(listed('devices.json', text)).toEqual(expected);
  });

  it('takes another member where it is told so', () => {
    expect(listed('devices.json', '[{"name": "North gate", "sn": "gate-1"}]', { column: 'sn' })).toEqual(['1 gate-1']);
  });

  it.each([
    ['an object', '{"devices": []}', ': is not a JSON array'],
    ['an array that never ends', '["gate",\n"bridge"\n', ', line 1: the array is never closed'],
    ['something behind it', '["gate"]\n["bridge"]', ', line 1: something follows the array'],
    ['a comma too many', '[\n"gate",\n]', ', line 3: a comma has no element beside it'],
    ['text without quotes', '["gate",\n bridge,\n"ford"]', ', line 2: this is not JSON'],
    ['an open text', '["gate",\n"bridge\n]', ', line 2: this is not JSON'],
    ['a closing brace too many', '["gate"}, "bridge"]', ', line 1: '],
    ['a number', '["gate",\n17]', ', line 2: this is neither a name nor an object with one'],
    ['null', '[null]', ', line 1: this is neither a name'],
    [
      'an object without a name',
      '[{"name":"gate"},\n{"sn":"bridge"}]',
      ', line 2: the object has no member name or deviceName or DeviceName: say which',
    ],
    ['an object with two', '[{"name":"gate","deviceName":"x"}]', ', line 1: the object has more than one member'],
    ['a name that is a number', '[{"name":17}]', ', line 1: name is no text'],
    ['a member of the prototype only', '[{}]', ', line 1: the object has no member'],
  ])('with %s is refused', (_, text, message) => {
    const said = mistake('devices.json', text);
    expect(said).toContain(`devices.json${message}`);
    expect(said).toMatch(/\[InvalidDeviceFile\]$/);
  });
});

describe('any file', () => {
  it.each([
    ['devices.txt', '# none\n\n'],
    ['devices.csv', 'name\n'],
    ['devices.csv', ''],
    ['devices.json', '[ ]'],
    ['devices', ''],
  ])('%s without names is refused', (title, text) => {
    expect(mistake(title, text)).toBe(`${title}: lists no device [InvalidDeviceFile]`);
  });

  it('that is not UTF-8 is refused with the line', () => {
    const bytes = Buffer.concat([Buffer.from('gate\nbridge\nf'), Buffer.from([0xfc]), Buffer.from('rt\nford\n')]);
    expect(mistake('devices.txt', bytes)).toBe(
      'devices.txt, line 3: is not UTF-8: save the file as UTF-8 [InvalidDeviceFile]',
    );
  });

  it.each([
    ['little', Buffer.from('\uFEFFgate\n', 'utf16le')],
    ['big', Buffer.from('\uFEFFgate\n', 'utf16le').swap16()],
  ])('that is UTF-16 (%s endian) is refused as such', (_, bytes) => {
    expect(mistake('devices.csv', bytes)).toBe('devices.csv: is UTF-16: save it as UTF-8 [InvalidDeviceFile]');
  });

  it('of another ending is not guessed at', () => {
    expect(mistake('devices.tsv', 'name\ngate')).toBe(
      'devices.tsv: ends in .tsv, which says nothing of its format: give the format as well [InvalidDeviceFile]',
    );
    expect(listed('devices.list', 'gate', { format: 'text' })).toEqual(['1 gate']);
    expect(listed('devices.txt', '["gate"]', { format: 'json' })).toEqual(['1 gate']);
  });

  it('of text has no column', () => {
    expect(mistake('devices.txt', 'gate', { column: 'sn' })).toBe(
      'devices.txt: column is "sn", but a text file has none: leave it out [InvalidDeviceFile]',
    );
  });

  it.each<DeviceFileFormat>(['text', 'csv', 'json'])(
    'as %s gives back the names that were written, with their lines',
    (format) => {
      const name = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_@.:'), minLength: 1, maxLength: 32 });
      const end = fc.constantFrom('\n', '\r\n');
      fc.assert(
        fc.property(fc.array(name, { minLength: 1 }), end, fc.boolean(), (names, end, marked) => {
          const text = {
            text: names.join(end),
            csv: ['name', ...names].join(end),
            json: JSON.stringify(names, null, 1),
          }[format];
          const first = format === 'text' ? 1 : 2;
          expect(parse('devices', (marked ? '\uFEFF' : '') + text, { format })).toEqual(
            names.map((name, i) => ({ name, line: first + i })),
          );
        }),
      );
    },
  );

  it('as CSV gives back whatever a cell holds, as JSON whatever a text holds', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((each) => each.trim() !== '' && !each.includes('\uFEFF'));
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { minLength: 1 }), (rows) => {
        const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
        const csv = [['place', 'name'], ...rows].map((cells) => cells.map(quoted).join(',')).join('\n');
        expect(parse('d.csv', csv).map(({ name }) => name)).toEqual(rows.map(([, name]) => name));
        const json = JSON.stringify(rows.map(([place, name]) => ({ place, name })));
        expect(parse('d.json', json).map(({ name }) => name)).toEqual(rows.map(([, name]) => name));
      }),
    );
  });

  it('is read or refused with one of our errors, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.constantFrom<DeviceFileFormat>('text', 'csv', 'json'),
        (bytes, format) => {
          try {
            for (const { line } of parse('devices', bytes, { format })) expect(line).toBeGreaterThan(0);
          } catch (error) {
            expect((error as { code?: string }).code).toBe('InvalidDeviceFile');
          }
        },
      ),
    );
    const signs = fc.string({ unit: fc.constantFrom(...'[]{},:"\\\n\r a#1'), maxLength: 30 });
    fc.assert(
      fc.property(signs, fc.constantFrom<DeviceFileFormat>('text', 'csv', 'json'), (text, format) => {
        const result = mistake('devices', text, { format });
        if (typeof result === 'string') expect(result).toMatch(/\[InvalidDeviceFile\]$/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('of JSON is taken exactly where JSON.parse takes it', () => {
    const signs = fc.string({
      unit: fc.constantFrom('[', ']', ',', '"a"', '"', '\n', ' ', '{"name":"b"}', '{', '\\'),
      maxLength: 12,
    });
    fc.assert(
      fc.property(signs, (inner) => {
        const text = `["x"${inner}]`;
        const ours = mistake('d.json', text);
        let theirs: unknown;
        try {
          theirs = JSON.parse(text);
        } catch {
          expect(typeof ours).toBe('string');
          return;
        }
        const names = (theirs as (string | { name: string } | unknown[])[]).map((each) =>
          typeof each === 'string' ? each : 'name' in each ? each.name : undefined,
        );
        if (names.includes(undefined)) expect(typeof ours).toBe('string');
        else expect((ours as { name: string }[]).map(({ name }) => name)).toEqual(names);
      }),
      { numRuns: 3_000 },
    );
  });
});

it('shows nothing of a file but the names', () => {
  for (const [title, text] of [
    ['d.csv', 'gate,Hush1234\n'],
    ['d.csv', 'name,DeviceSecret\n,Hush1234\n'],
    ['d.json', '[{"DeviceName": "gate" "DeviceSecret": "Hush1234"}]'],
    ['d.json', '[{"id": "gate", "DeviceSecret": "Hush1234"}]'],
    ['d.json', '[["gate", "Hush1234"]]'],
  ] as const) {
    expect(mistake(title, text)).not.toContain('Hush');
    expect(mistake(title, text)).toMatch(/line \d/);
  }
});

describe('names of a file', () => {
  const check = (text: string) => () => validateListedNames('devices.txt', parse('devices.txt', text), aliyunLimits);

  it('that no cloud takes are told with their lines', () => {
    expect(check('gate\nno way\nabc\nbridge')).toThrow(
      'devices.txt: "no way" (line 2), "abc" (line 3) cannot be a device name on Alibaba Cloud IoT Platform: it takes 4 to 32 of the characters A-Z a-z 0-9 - _ @ . :',
    );
    expect(check(Array.from({ length: 20 }, (_, i) => `?${i}`).join('\n'))).toThrow(
      /"\?4" \(line 5\) and 15 more cannot/,
    );
  });

  it('that come twice are told with all of their lines', () => {
    expect(check('gate\nbridge\ngate\nford\ngate\nford')).toThrow(
      'devices.txt: "gate" (lines 1, 3, 5), "ford" (lines 4, 6) is listed more than once; every name must be unique',
    );
  });

  it('that are fine pass', () => {
    expect(check('gate\nbridge')).not.toThrow();
  });
});
