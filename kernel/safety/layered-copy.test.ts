// Real overlays: whatever a plugin does, what is found in its upper folder is what comparing whole copies finds.
import assert from 'node:assert/strict';
import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { runsAsRoot } from '../host/launch/stage.ts';
import { copiesIn } from './fixtures/copies.ts';
import { overlaysWork } from './overlay.ts';
import type { PrivateCopy } from './private-copy.ts';
import { removeTree } from './remove-tree.ts';
import { stopTreeState } from './tree-state.ts';

let folder: string;
let workspace: string;
let copies: PrivateCopy[];

async function copyOf(layered: boolean): Promise<PrivateCopy> {
  const copy = await copiesIn(folder, { layered }).make({ path: workspace, ref: null, hidden: null });
  copies.push(copy);
  return copy;
}

/** Does as a plugin would: in the copy, or on its layers mounted as a box has them. */
async function work(copy: PrivateCopy, script: string): Promise<void> {
  if (!copy.layers) return void (await execa('/bin/sh', ['-ec', script], { cwd: copy.folder }));
  const { base, upper, work } = copy.layers;
  const mounted = join(folder, 'mounted');
  mkdirSync(mounted, { recursive: true });
  const mount = `mount -t overlay -o "lowerdir=$1,upperdir=$2,workdir=$3,userxattr" x "$4"; cd "$4"; ${script}`;
  const namespaces = runsAsRoot() ? [] : ['--user', '--map-root-user'];
  await execa('unshare', [...namespaces, '--mount', '/bin/sh', '-ec', mount, 'sh', base, upper, work, mounted]);
}

const changed = async (copy: PrivateCopy) =>
  (await copy.changes()).files.map(({ path, change, before, after }) => [path, change, before, after]);

const scripts: Record<string, string> = {
  nothing: 'cat top.txt > /dev/null',
  'a new file, deep': 'mkdir -p new/deep; echo x > new/deep/file',
  'a changed file': 'echo more >> folder/below/file.txt',
  'a file written as it was': 'cat top.txt > t; cat t > top.txt; rm t',
  'another mode': 'chmod 755 top.txt',
  'a deleted file': 'rm top.txt',
  'a deleted folder': 'rm -r folder',
  'a folder removed and made again': 'rm -r folder; mkdir folder; echo y > folder/other.txt',
  'a folder removed and made again with the same file':
    'rm -r folder; mkdir -p folder/below; echo below > folder/below/file.txt',
  'a folder made again inside one that stays': 'rm -r folder/below; mkdir folder/below; echo z > folder/below/new.txt',
  'a file in the place of a folder': 'rm -r folder; echo x > folder',
  'a folder in the place of a file': 'rm top.txt; mkdir top.txt; echo x > top.txt/inside',
  'a link in the place of a file': 'ln -sf folder/near.txt top.txt',
  'a file in the place of a link': 'rm link; echo x > link',
  'a link in the place of a folder': 'mv folder moved; ln -s moved folder',
  'a moved file': 'mv top.txt renamed.txt',
  'a moved folder': 'mv folder moved',
  'a file made and removed': 'echo x > t; rm t',
  'an emptied file': ': > top.txt',
  'a file over another': 'mv folder/near.txt top.txt',
  'an empty folder': 'mkdir empty',
  'names with spaces, quotes and line breaks': `echo x > "a b"; echo y > "it's"; printf z > "$(printf 'line\\nbreak')"`,
  'a hard link': 'ln top.txt hard.txt',
  'deep removal and return': 'rm -r folder; mkdir -p folder/below/deeper; echo q > folder/below/deeper/file',
};

describe('a layered copy', () => {
  before(async function () {
    const place = mkdtempSync(join(tmpdir(), 'overlays-'));
    const possible = await overlaysWork(place);
    await removeTree(place);
    if (possible) return;
    console.log('      skipped: no overlays can be made here');
    this.skip();
  });

  beforeEach(() => {
    copies = [];
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'layered-')));
    workspace = join(folder, 'workspace');
    mkdirSync(join(workspace, 'folder', 'below'), { recursive: true });
    writeFileSync(join(workspace, 'top.txt'), 'top\n', { mode: 0o644 });
    writeFileSync(join(workspace, 'folder', 'near.txt'), 'near\n');
    writeFileSync(join(workspace, 'folder', 'below', 'file.txt'), 'below\n');
    symlinkSync('top.txt', join(workspace, 'link'));
  });

  afterEach(async () => {
    for (const copy of copies) await copy.discard();
    rmSync(folder, { recursive: true });
  });

  after(() => stopTreeState());

  for (const [name, script] of Object.entries(scripts))
    it(`finds ${name}`, async () => {
      const [layered, plain] = [await copyOf(true), await copyOf(false)];
      assert.ok(layered.layers && !plain.layers);

      await work(layered, script);
      await work(plain, script);

      assert.deepEqual(await changed(layered), await changed(plain));
    });

  it('leaves what lies below alone', async () => {
    const copy = await copyOf(true);
    await work(copy, 'rm -r folder; echo x > top.txt');

    assert.equal(lstatSync(join(workspace, 'top.txt')).size, 4);
    assert.ok(lstatSync(join(workspace, 'folder', 'near.txt')).isFile());
  });

  const collisions: Record<string, [script: string, person: () => void, conflicts: string]> = {
    'a file that both changed': ['echo x > top.txt', () => appendFileSync(join(workspace, 'top.txt'), 'y'), 'top.txt'],
    'a file that the person changed and the plugin deleted': [
      'rm top.txt',
      () => appendFileSync(join(workspace, 'top.txt'), 'y'),
      'top.txt',
    ],
    'a file that the person deleted and the plugin changed': [
      'echo x >> top.txt',
      () => rmSync(join(workspace, 'top.txt')),
      'top.txt',
    ],
    'a file that both created': ['echo x > new', () => writeFileSync(join(workspace, 'new'), 'y'), 'new'],
    'a file that the person put into a folder that the plugin removed': [
      'rm -r folder',
      () => writeFileSync(join(workspace, 'folder', 'mine'), 'y'),
      'folder/mine',
    ],
  };
  for (const [name, [script, person, conflicts]] of Object.entries(collisions))
    it(`reports ${name}`, async () => {
      const copy = await copyOf(true);
      await work(copy, script);
      person();

      await assert.rejects(copy.changes(), { code: 'WORKSPACE_MOVED', message: new RegExp(`${conflicts}\\.$`) });
    });

  it('is not disturbed by what a person does elsewhere', async () => {
    const copy = await copyOf(true);
    await work(copy, 'echo x > top.txt');
    appendFileSync(join(workspace, 'folder', 'near.txt'), 'mine');
    writeFileSync(join(workspace, 'other'), 'mine');

    assert.deepEqual(
      (await copy.changes()).files.map(({ path }) => path),
      ['top.txt'],
    );
  });

  it('takes a file that was changed just before it as it is', async () => {
    appendFileSync(join(workspace, 'top.txt'), 'just now');
    const copy = await copyOf(true);
    await work(copy, 'echo x >> top.txt');

    const [file] = (await copy.changes()).files;
    assert.equal(file?.before?.size, 12);
  });
});
