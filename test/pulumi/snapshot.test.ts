import { gzipSync } from 'node:zlib';
import { emptyHead } from '../../lib/batch/record/head';
import { readSnapshot } from '../../lib/pulumi/snapshot';

const snapshotOf = (objects: unknown) => gzipSync(JSON.stringify(objects)).toString('base64');
const head = JSON.stringify(emptyHead('b1'));

describe('a snapshot in the state', () => {
  it('is read as it was written', () => {
    const { head: read, objects } = readSnapshot(snapshotOf({ 'heads/b1.json': head, 'names/a.json': '[]' }), 'b1');
    expect(read.batchId).toBe('b1');
    expect(objects.get('names/a.json')).toBe('[]');
  });

  it.each<[string, unknown, string]>([
    ['with something else than texts', { 'heads/b1.json': 0 }, 'RecordUnreadable'],
    ['that is no object', [head], 'RecordUnreadable'],
    ['without the head', { 'names/a.json': '[]' }, 'RecordUnreadable'],
    ['with the head of another batch', { 'heads/b1.json': JSON.stringify(emptyHead('b2')) }, 'RecordUnreadable'],
    ['with a path out of the journal', { 'heads/b1.json': head, 'names/../../x': '' }, 'RecordUnreadable'],
    ['with what no journal has', { 'heads/b1.json': head, '.gitignore': '' }, 'RecordUnreadable'],
    [
      'of a newer version of the record, whatever that looks like',
      { 'heads/b1.json': JSON.stringify({ version: 2, batch: 'b1' }) },
      'NewerRecord',
    ],
  ])('%s is refused with a code', (_, objects, code) => {
    expect(() => readSnapshot(snapshotOf(objects), 'b1')).toThrow(expect.objectContaining({ code }) as Error);
  });
});
