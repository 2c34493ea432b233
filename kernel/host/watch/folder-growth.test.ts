import assert from 'node:assert/strict';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { mock } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { newFolder } from '../fixtures/boxes.ts';
import { type FolderGrowth, watchGrowth } from './folder-growth.ts';

const megabyte = 1024 * 1024;

describe('the growth of a folder', () => {
  let folder: string;
  let growth: FolderGrowth;
  let breaches: number[];
  /** What waits for its time. */
  let timers: { look(): Promise<void>; ms: number }[];

  beforeEach(() => {
    folder = newFolder();
    breaches = [];
    timers = [];
    mock.method(globalThis, 'setTimeout', (look: () => Promise<void>, ms: number) => {
      timers.push({ look, ms });
      return { unref: () => undefined };
    });
  });

  afterEach(() => {
    growth.end();
    mock.restoreAll();
    rmSync(folder, { recursive: true });
  });

  async function watch(limitMb: number): Promise<void> {
    growth = await watchGrowth(folder, limitMb, (addedMb) => breaches.push(addedMb));
  }

  /** Lets the time come for the next look, and waits until it has been taken. */
  async function look(): Promise<void> {
    assert.equal(timers.length, 1);
    await timers.shift()?.look();
  }

  function write(name: string, bytes: number): void {
    writeFileSync(join(folder, name), Buffer.alloc(bytes, 1));
  }

  it('is what ten large files add, of which none is too large', async () => {
    await watch(8);
    for (let file = 0; file < 10; file++) write(`${file}`, megabyte);

    await look();

    assert.deepEqual(breaches, [9]);
    assert.deepEqual(timers, []);
  });

  it('is what many small files add, a block each, and empty ones too', async () => {
    await watch(2);
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    for (let file = 0; file < 300; file++) write(`a/${file}`, 1);
    await look();
    assert.deepEqual(breaches, []);
    for (let file = 0; file < 300; file++) write(`a/b/${file}`, 0);

    await look();

    assert.deepEqual(breaches, [3]);
  });

  it('is none where a file only says that it is large', async () => {
    await watch(1);
    const sparse = openSync(join(folder, 'sparse'), 'w');
    ftruncateSync(sparse, 1024 * megabyte);
    closeSync(sparse);
    symlinkSync('/usr', join(folder, 'link'));

    await look();

    assert.deepEqual(breaches, []);
  });

  it('is not what was there before', async () => {
    write('before', 4 * megabyte);
    await watch(1);
    write('after', megabyte / 2);

    await look();
    assert.deepEqual(breaches, []);

    write('more', megabyte);
    await look();
    assert.deepEqual(breaches, [2]);
  });

  it('is measured while files come and go', async () => {
    for (let file = 0; file < 200; file++) {
      mkdirSync(join(folder, `${file}`));
      write(`${file}/file`, 1);
    }
    await watch(1);
    const measured = look();
    for (let file = 0; file < 200; file++) rmSync(join(folder, `${file}`), { recursive: true });

    await measured;

    assert.deepEqual(breaches, []);
    write('large', 2 * megabyte);
    await look();
    assert.equal(breaches.length, 0, 'what was removed makes room');
    write('larger', 4 * megabyte);
    await look();
    assert.equal(breaches.length, 1);
  });

  it('is that of the files that stay, when others in their folder go', async () => {
    await watch(1);
    for (let file = 0; file < 400; file++) write(`${file}`, 8 * 1024);
    const going = readdirSync(folder).filter((_, index) => index % 2 === 0);

    const measured = look();
    for (const name of going) {
      rmSync(join(folder, name));
      await nextTurn();
    }
    await measured;

    assert.equal(breaches.length, 1);
  });

  it('is none when the folder itself is gone', async () => {
    await watch(1);
    rmSync(folder, { recursive: true });

    await look();

    assert.deepEqual(breaches, []);
    mkdirSync(folder);
  });

  it('is measured for a small part of the time', async () => {
    let now = 0;
    mock.method(performance, 'now', () => (now += 100));
    await watch(1);
    assert.equal(timers[0]?.ms, 250);

    await look();

    assert.equal(timers[0]?.ms, 1_000);
  });

  it('is not measured any more after the end, nor told when that comes in the middle', async () => {
    await watch(1);
    write('large', 2 * megabyte);
    const measured = look();
    growth.end();

    await measured;

    assert.deepEqual([breaches, timers], [[], []]);
  });
});
