import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ErrorCode } from '../../contracts/errors.ts';
import { type Grants, newGrants } from './workspace.ts';

let folder: string;
let granted: string;
let home: string;
let grants: Grants;

function refuses(wanted: Parameters<Grants['resolve']>[0], code: ErrorCode, message: string): void {
  assert.throws(() => grants.resolve(wanted), { code, message });
}

function folderAt(...parts: string[]): string {
  const path = join(folder, ...parts);
  mkdirSync(path, { recursive: true });
  return path;
}

describe('granted workspaces', () => {
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'workspace-')));
    granted = folderAt('granted');
    home = folderAt('home');
    grants = newGrants([granted], home);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are the roots and what lies below them', () => {
    const below = folderAt('granted', 'a', 'b');

    assert.deepEqual(grants.resolve(granted), { path: granted, ref: null, hidden: null });
    assert.deepEqual(grants.resolve(below), { path: below, ref: null, hidden: null });
  });

  it('may name a branch', () => {
    assert.deepEqual(grants.resolve({ path: granted, ref: 'main' }), { path: granted, ref: 'main', hidden: null });
    assert.equal(grants.resolve({ path: granted }).ref, null);
  });

  it('are given without links and detours', () => {
    const below = folderAt('granted', 'a');
    symlinkSync(below, join(granted, 'link'));

    assert.equal(grants.resolve(join(granted, 'link')).path, below);
    assert.equal(grants.resolve(`${granted}/a/../a/`).path, below);
  });

  it('have absolute paths', () => {
    refuses('granted', 'WORKSPACE_NOT_ABSOLUTE', 'The workspace granted is not an absolute path.');
    refuses({ path: '../granted' }, 'WORKSPACE_NOT_ABSOLUTE', 'The workspace ../granted is not an absolute path.');
  });

  it('exist and are folders', () => {
    const missing = join(granted, 'missing');
    refuses(missing, 'WORKSPACE_MISSING', `The workspace ${missing} is not there, or is not a folder.`);
    writeFileSync(missing, 'a file');
    refuses(missing, 'WORKSPACE_MISSING', `The workspace ${missing} is not there, or is not a folder.`);
  });

  it('lie nowhere else, not even beside a root with a longer name', () => {
    const other = folderAt('other');
    const longer = folderAt('granted-too');
    for (const path of [other, longer, folder, '/'])
      refuses(path, 'WORKSPACE_NOT_GRANTED', `The workspace ${path} lies outside the granted roots.`);
    assert.throws(() => grants.resolve(other), { expected: `A folder below one of: ${granted}.` });
  });

  it('do not lead out of the root by a link or by dots', () => {
    const outside = folderAt('outside');
    symlinkSync(outside, join(granted, 'link'));

    for (const path of [join(granted, 'link'), `${granted}/../outside`])
      refuses(path, 'WORKSPACE_NOT_GRANTED', `The workspace ${path} lies outside the granted roots.`);
  });

  it('are none where no root is granted', () => {
    grants = newGrants([], home);
    assert.throws(() => grants.resolve(granted), { code: 'WORKSPACE_NOT_GRANTED', expected: /\(none\)/ });
  });

  it('are granted by a root that comes to be later, or is a link', () => {
    const late = join(folder, 'late');
    symlinkSync(granted, join(folder, 'link'));
    grants = newGrants([late, join(folder, 'link')], home);

    assert.equal(grants.resolve(granted).path, granted);
    mkdirSync(late);
    assert.equal(grants.resolve(late).path, late);
  });

  it('are never the home or a part of it, by whatever name', () => {
    const inbox = folderAt('home', 'inbox');
    symlinkSync(home, join(granted, 'link'));
    grants = newGrants([folder], home);

    for (const path of [home, inbox, join(granted, 'link')])
      refuses(path, 'WORKSPACE_IS_HOME', `The workspace ${path} lies in the home itself.`);
  });

  it('may hold the home, which is hidden then', () => {
    const nested = folderAt('granted', 'ops', 'home');
    grants = newGrants([granted], nested);

    assert.equal(grants.resolve(granted).hidden, 'ops/home');
    assert.equal(grants.resolve(join(granted, 'ops')).hidden, 'home');
  });
});
