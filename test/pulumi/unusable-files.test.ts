/** Files that the twin cannot write: told before anything is made, or with what was made kept in the state (I5, I6). */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aliyun, certificates } from '../support/tested-clouds';
import { Stage } from './stage';

describe.each([aliyun, certificates])('$name: a file that cannot be written', (cloud) => {
  let stage: Stage;
  /** A file where a folder is needed. */
  let inTheWay: string;
  beforeEach(async () => {
    stage = await Stage.set(cloud);
    inTheWay = join(stage.folder, 'in-the-way');
    writeFileSync(inTheWay, '');
  });
  afterEach(() => stage.end());

  it('is a mistake in the inputs where it is the journal, and the cloud is asked nothing', async () => {
    await expect(stage.up({ journal: inTheWay })).rejects.toThrow(/in-the-way.*\[JournalUnavailable\]$/);
    expect(stage.core.journal.calls()).toEqual([]);
  });

  it('leaves the devices in the state where it is that of their secrets, and the next up writes them', async () => {
    const file = join(inTheWay, 'secrets.json');
    const changes = { deviceCredentials: { file } };
    await expect(stage.up(changes)).rejects.toThrow(/the devices exist.*in-the-way.*\[SecretsNotSaved\]$/);
    expect(stage.state?.failed).toBe(true);
    expect(stage.devices()).toHaveLength(3);

    rmSync(inTheWay);
    await stage.up(changes);

    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object)).toEqual(stage.devices());
    expect(stage.calls('create')).toBe(1);
    await stage.destroy();
    expect(stage.devices()).toEqual([]);
  });
});
