// Applies effects to a folder. Invariants: a file is touched only while it is in the state that the effects start from;
// each file changes in one rename; what cannot be finished is undone where what was written still stands.
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { type ArbiterError, fault } from '../../contracts/errors.ts';
import type { FileEffect, PresentFile } from '../../contracts/generated/ledger.v1.ts';
import { syncFolder } from '../../ledger/durable-file.ts';
import { crashPoint } from '../crash-point.ts';
import { type EffectStore, writeDurably } from './effect-store.ts';
import { fileState } from './file-state.ts';

type State = PresentFile | null;

/** Files whose live state is not the one the effects start from. */
export function conflicts(folder: string, files: readonly FileEffect[]): string[] {
  return files.filter(({ path, before }) => !stands(folder, path, before)).map(({ path }) => path);
}

/**
 * Applies `files` to `folder`. Throws WORKSPACE_MOVED when something else was there (nothing is changed then),
 * EFFECT_NOT_APPLIED when writing failed and was undone, EFFECT_HALF_APPLIED when it could not be undone.
 */
export function applyToFolder(folder: string, files: readonly FileEffect[], store: EffectStore): void {
  const moved = conflicts(folder, files);
  if (moved.length > 0) throw fault('WORKSPACE_MOVED', { conflicts: moved.join(', ') });
  finish(folder, files, files, store);
}

/**
 * Finishes what a crash interrupted: files may be as before or as after. Throws EFFECT_HALF_APPLIED when a file is
 * neither and what had been written could not be undone; WORKSPACE_MOVED when it could.
 */
export function finishInFolder(folder: string, files: readonly FileEffect[], store: EffectStore): void {
  removeLeftovers(folder, files);
  const open = files.filter(({ path, after }) => !stands(folder, path, after));
  const strange = open.filter(({ path, before }) => !stands(folder, path, before)).map(({ path }) => path);
  if (strange.length === 0) return finish(folder, files, open, store);
  const written = files.filter((file) => !open.includes(file));
  const left = undo(folder, written, store);
  if (left.length === 0) throw fault('WORKSPACE_MOVED', { conflicts: strange.join(', ') });
  throw fault('EFFECT_HALF_APPLIED', { conflicts: left.join(', ') });
}

function finish(folder: string, files: readonly FileEffect[], open: readonly FileEffect[], store: EffectStore): void {
  const done = files.filter((file) => !open.includes(file));
  // Deletions first: a folder may have to make room for a file, or a file for a folder.
  const inOrder = [...open.filter(({ after }) => after === null), ...open.filter(({ after }) => after !== null)];
  try {
    for (const file of inOrder) {
      if (!stands(folder, file.path, file.before)) throw fault('WORKSPACE_MOVED', { conflicts: file.path });
      put(folder, file.path, file.after, store);
      done.push(file);
      if (done.length < files.length) crashPoint('between-files');
    }
  } catch (error) {
    const left = undo(folder, done, store);
    if (left.length > 0) throw fault('EFFECT_HALF_APPLIED', { conflicts: left.join(', ') });
    if ((error as ArbiterError).code === 'WORKSPACE_MOVED') throw error;
    throw fault('EFFECT_NOT_APPLIED', { detail: (error as Error).message });
  }
  for (const parent of new Set(files.map(({ path }) => dirname(join(folder, path)))))
    if (existsSync(parent)) syncFolder(parent);
}

/** Takes back what stands as written; gives the paths where something else stands by now. */
function undo(folder: string, done: readonly FileEffect[], store: EffectStore): string[] {
  const left: string[] = [];
  for (const { path, before, after } of [...done].reverse()) {
    try {
      if (!stands(folder, path, after)) left.push(path);
      else put(folder, path, before, store);
    } catch {
      left.push(path);
    }
  }
  return left;
}

function stands(folder: string, path: string, state: State): boolean {
  let live: State;
  try {
    // What is reached through a link is not in the folder.
    live = leadsThroughLink(folder, path) ? null : fileState(join(folder, path));
  } catch {
    return false;
  }
  return live?.digest === state?.digest && live?.mode === state?.mode && live?.type === state?.type;
}

/** Brings `path` into `state` in one rename or unlink. */
function put(folder: string, path: string, state: State, store: EffectStore): void {
  const target = join(folder, path);
  if (leadsThroughLink(folder, path)) throw fault('WORKSPACE_MOVED', { conflicts: path });
  if (state === null) {
    unlinkSync(target);
    removeEmptyParents(folder, dirname(target));
    return;
  }
  const content = store.get(state.digest);
  const made = mkdirSync(dirname(target), { recursive: true });
  const written = `${leftoverPrefix(target)}${uuidv7()}`;
  try {
    if (state.type === 'symlink') symlinkSync(content, written);
    else {
      writeDurably(written, content);
      chmodSync(written, Number.parseInt(state.mode, 8));
    }
    if (lstatSync(target, { throwIfNoEntry: false })?.isDirectory()) removeEmptyFolder(target, path);
    renameSync(written, target);
  } catch (error) {
    rmSync(written, { force: true });
    if (made) removeEmptyParents(dirname(made), dirname(target));
    throw error;
  }
}

/** Whether a folder on the way to `path` is a link: writing there would leave the workspace. */
function leadsThroughLink(folder: string, path: string): boolean {
  let at = folder;
  for (const part of path.split('/').slice(0, -1)) {
    at = join(at, part);
    const stat = lstatSync(at, { throwIfNoEntry: false });
    if (stat?.isSymbolicLink()) return true;
    if (!stat?.isDirectory()) return false;
  }
  return false;
}

/** As git does: a folder goes with its last file. */
function removeEmptyParents(folder: string, from: string): void {
  try {
    for (let at = from; at !== folder; at = dirname(at)) rmdirSync(at);
  } catch {
    // It holds something still.
  }
}

/** Removes a folder that holds nothing but folders. Throws WORKSPACE_MOVED when it holds more; nothing is removed then. */
function removeEmptyFolder(folder: string, path: string): void {
  const below = readdirSync(folder, { withFileTypes: true, recursive: true });
  if (!below.every((entry) => entry.isDirectory())) throw fault('WORKSPACE_MOVED', { conflicts: path });
  const folders = below.map((entry) => join(entry.parentPath, entry.name));
  for (const one of folders.sort((a, b) => b.length - a.length)) rmdirSync(one);
  rmdirSync(folder);
}

function leftoverPrefix(target: string): string {
  return join(dirname(target), `.${basename(target)}.arbiter-`);
}

/** Files that were written but not yet renamed when the kernel died. */
function removeLeftovers(folder: string, files: readonly FileEffect[]): void {
  for (const { path } of files) {
    const prefix = leftoverPrefix(join(folder, path));
    const parent = dirname(prefix);
    if (leadsThroughLink(folder, path) || !existsSync(parent) || !lstatSync(parent).isDirectory()) continue;
    for (const name of readdirSync(parent)) if (join(parent, name).startsWith(prefix)) unlinkSync(join(parent, name));
  }
}
