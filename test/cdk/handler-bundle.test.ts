import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { handlerBundle } from '../../lib/cdk/handler-bundle';

describe("the handler's bundle", () => {
  let root: string;
  const file = (path: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), '');
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'handler-bundle-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test('is found from the compiled file', () => {
    file('dist/handler/index.js');
    expect(handlerBundle(join(root, 'dist/lib/cdk'))).toBe(join(root, 'dist/handler'));
  });

  test('is found from the source, which has a folder of the same name', () => {
    file('handler/index.ts');
    file('dist/handler/index.js');
    expect(handlerBundle(join(root, 'lib/cdk'))).toBe(join(root, 'dist/handler'));
  });

  test('that is missing is an error that says what to run', () => {
    file('handler/index.ts');
    expect(() => handlerBundle(join(root, 'lib/cdk'))).toThrow(
      `the handler's bundle is not in ${join(root, 'handler')} or ${join(root, 'dist/handler')}: run "npm run build" [HandlerNotBuilt]`,
    );
  });
});
