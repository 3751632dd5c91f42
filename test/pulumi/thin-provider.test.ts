import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runtime } from '@pulumi/pulumi';
import { thinProvider } from '../../lib/pulumi/thin-provider';

const golden = join(__dirname, 'thin-provider.golden.txt');

describe('what is written into every state of the provider', () => {
  it('is this text, whatever the options, so that an upgrade of the package changes no resource', async () => {
    // As the SDK does it (@pulumi/pulumi, dynamic/index.js, `serializeProvider`).
    const provider = thinProvider;
    const { text } = await runtime.serializeFunction(() => provider, { allowSecrets: true });
    expect(text).toBe(readFileSync(golden, 'utf8'));
  });

  it('is small, captures nothing, and loads only the provider', async () => {
    const text = readFileSync(golden, 'utf8');
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2500);
    expect(text).not.toContain('require(');
    const loads = text.match(/import\([^)]*\)\)/g) ?? [];
    expect(new Set(loads)).toEqual(new Set(["import(['iot-device-batch', 'pulumi', 'provider'].join('/'))"]));
    expect(loads).toHaveLength(7);
  });
});
