import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FolderWatch, watchFolder } from './watch-folder.ts';

describe('A watched folder', () => {
  let folder: string;
  let watch: FolderWatch;
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'watch-'));
    mkdirSync(join(folder, 'src'));
    mkdirSync(join(folder, 'node_modules'));
    write('src/a', 'a');
    write('gone', 'a');
    watch = watchFolder(folder);
  });

  afterEach(() => {
    watch.stop();
    rmSync(folder, { recursive: true });
  });

  it('tells what was changed, made and removed, together', async () => {
    write('src/a', 'other');
    write('src/new', '');
    rmSync(join(folder, 'gone'));

    assert.deepEqual(await watch.next(), ['gone', 'src/a', 'src/new']);
  });

  it('waits for the next change', async () => {
    const next = watch.next();
    write('src/a', 'other');

    assert.deepEqual(await next, ['src/a']);
  });

  it('leaves out what tools and editors leave behind, and what its reader wrote himself', async () => {
    write('node_modules/b', '');
    write('.src.swp', '');
    write('src/a~', '');
    write('made', '');
    watch.accept(['made']);
    write('src/a', 'other');

    assert.deepEqual(await watch.next(), ['src/a']);
  });

  it('ends for whoever waits', async () => {
    const next = watch.next();
    watch.stop();

    assert.equal(await next, null);
    assert.equal(await watch.next(), null);
  });
});
