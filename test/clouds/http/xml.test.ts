import { parseXml } from '../../../lib/clouds/http/xml';

describe('an XML answer', () => {
  test('is read as the same answer in JSON would be, whatever its root is called', () => {
    const inner = '<Success>true</Success><Data><Status>CHECK</Status></Data>';
    for (const root of ['AnyResponse', 'Error', 'x']) {
      expect(parseXml(`<?xml version='1.0' encoding='utf-8'?>\n<${root}>${inner}</${root}>\n`)).toEqual({
        Success: 'true',
        Data: { Status: 'CHECK' },
      });
    }
  });

  test('becomes a list where an element is repeated, the text of one where it is not, and empty where it is empty', () => {
    const xml = '<R><Two><Name>a</Name><Name>b</Name></Two><One><Name>a</Name></One><None/><Blank>\n  </Blank></R>';
    expect(parseXml(xml)).toEqual({ Two: { Name: ['a', 'b'] }, One: { Name: 'a' }, None: '', Blank: '' });
  });

  test('keeps ids, the five entities, references, CDATA and foreign letters', () => {
    const xml =
      '<R><Id>9223372036854775807</Id><T>a&lt;b&gt;&amp;&quot;&apos;&#x706F;&#28783;</T><C><![CDATA[<灯>]]></C></R>';
    expect(parseXml(xml)).toEqual({ Id: '9223372036854775807', T: `a<b>&"'灯灯`, C: '<灯>' });
  });

  test('knows no attributes, comments or instructions', () => {
    expect(parseXml('<R a="1"><!-- no --><?no thing?><A b="2">x</A>\n</R>')).toEqual({ A: 'x' });
  });

  test('has members of its own only, whatever they are called', () => {
    const read = parseXml('<R><__proto__><polluted>yes</polluted></__proto__></R>') as object;
    expect(Object.keys(read)).toEqual(['__proto__']);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });

  test.each([
    ['that declares entities', '<!DOCTYPE R [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><R>&b;</R>'],
    ['that names a file', '<!DOCTYPE R SYSTEM "file:///etc/passwd"><R/>'],
    ['with an entity that is not declared', '<R>&a;</R>'],
    ['cut off', '<R><A>x</A>'],
    ['with crossed tags', '<R><A></R></A>'],
    ['with two roots', '<R/><R/>'],
    ['of text alone', 'no XML'],
    ['of nothing', ''],
    ["like a proxy's page", '<!DOCTYPE html><html><body>Bad Gateway<hr></body></html>'],
    ['nested without end', '<a>'.repeat(100_000)],
  ])('%s is refused', (_name, xml) => expect(() => parseXml(xml)).toThrow());

  test('of many megabytes takes no more than its size', () => {
    const names = Array.from({ length: 200_000 }, (_, index) => `<Name>light-${index}</Name>`).join('');
    expect(parseXml(`<R>${names}</R>`)).toMatchObject({ Name: { length: 200_000 } });
  });
});
