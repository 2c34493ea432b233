// What a plugin left in the `.git` of its private copy: read as files that somebody hostile wrote, never by git. Nothing
// is followed that is a link, and nothing is read that is large.
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NotKept } from '../../contracts/generated/ledger.v1.ts';
import { insideBranch } from './private-git.ts';

export interface LeftGit {
  /** Commit that HEAD stands for; null where it stands for none. */
  readonly head: string | null;
  /** The store that its commits are in; null where there is none of its own. */
  readonly objects: string | null;
  /** What is there besides, and is not kept. */
  readonly notKept: readonly NotKept[];
}

const largest = 1024 * 1024;
const mostListed = 100;
const deepest = 10;
/** What makes git do something, and has no place in a result. */
const settings = ['config', 'config.worktree', 'info/attributes', 'info/grafts', 'objects/info/alternates'];

/**
 * Looks at `folder`/.git; `pristine` is the `.git` as it was given out, whose files count where `folder` has none (null:
 * it does not lie below). `base` is the commit that the copy started from.
 */
export function lookAtGit(folder: string, pristine: string, layered: boolean, base: string): LeftGit {
  const untouched = { head: base, objects: null, notKept: [] };
  const top = kindOf(join(folder, '.git'));
  if (top === 'nothing' && layered) return untouched;
  // Where stores are shown in it, the folder itself cannot be removed.
  const headGone =
    top === 'folder' &&
    ['nothing', 'device'].includes(kindBelow('HEAD')) &&
    !(layered && kindBelow('HEAD') === 'nothing');
  if (top !== 'folder' || headGone) {
    const detail = top === 'file' || top === 'other' ? 'it was replaced' : 'it was removed';
    return { ...untouched, notKept: [{ kind: 'repository', name: '.git', detail }] };
  }
  const notKept: NotKept[] = [];
  const heads = refs();
  const said = text('HEAD')?.trim() ?? '';
  const current = said.startsWith('ref: ') ? said.slice(5).trim() : null;
  const head = current === null ? idIn(said) : (heads.get(current) ?? null);
  for (const [name, id] of heads)
    if (name !== current && !(name === insideBranch && id === base)) list({ kind: 'ref', name, detail: `at ${id}` });
  for (const name of settings) if (changed(name)) list({ kind: 'setting', name, detail: 'it was changed' });
  for (const name of names('hooks'))
    if (!name.endsWith('.sample')) list({ kind: 'hook', name, detail: 'it was written' });
  const objects = kindBelow('objects') === 'folder' ? join(folder, '.git', 'objects') : null;
  return { head, objects, notKept };

  function list(one: NotKept): void {
    if (notKept.length < mostListed) notKept.push(one);
  }

  /** By name. */
  function refs(): Map<string, string> {
    const found = new Map<string, string>();
    if (layered && kindBelow(insideBranch) === 'nothing') found.set(insideBranch, base);
    for (const line of (text('packed-refs') ?? '').split('\n')) {
      const [id = '', name = ''] = line.split(' ');
      if (idIn(id) && name.startsWith('refs/')) found.set(name, id);
    }
    for (const name of filesBelow('refs', deepest)) {
      const id = idIn(text(name)?.trim() ?? '');
      if (id) found.set(name, id);
    }
    return found;
  }

  function filesBelow(path: string, depth: number): string[] {
    return names(path).flatMap((name) => {
      const below = `${path}/${name}`;
      const kind = kindBelow(below);
      if (kind === 'folder') return depth === 0 ? [] : filesBelow(below, depth - 1);
      return kind === 'file' ? [below] : [];
    });
  }

  function names(path: string): string[] {
    return kindBelow(path) === 'folder' ? readdirSync(join(folder, '.git', path)).sort() : [];
  }

  function changed(name: string): boolean {
    const kind = kindBelow(name);
    if (kind === 'nothing') return !layered && kindOf(join(pristine, name)) !== 'nothing';
    return layered || text(name) !== read(join(pristine, name));
  }

  /** A small file's text; null where there is none, or where it is no file. */
  function text(name: string): string | null {
    const kind = kindBelow(name);
    if (kind === 'file') return read(join(folder, '.git', name));
    return kind === 'nothing' && layered ? read(join(pristine, name)) : null;
  }

  function kindBelow(path: string): Kind {
    let at = join(folder, '.git');
    const parts = path.split('/');
    for (const part of parts.slice(0, -1)) {
      at = join(at, part);
      const kind = kindOf(at);
      if (kind !== 'folder') return kind === 'nothing' ? kind : 'other';
    }
    return kindOf(join(at, parts.at(-1) as string));
  }
}

type Kind = 'nothing' | 'folder' | 'file' | 'device' | 'other';

function kindOf(path: string): Kind {
  try {
    const stat = lstatSync(path);
    if (stat.isDirectory()) return 'folder';
    if (stat.isCharacterDevice()) return 'device';
    return stat.isFile() && stat.size <= largest ? 'file' : 'other';
  } catch {
    return 'nothing';
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function idIn(text: string): string | null {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text) ? text : null;
}
