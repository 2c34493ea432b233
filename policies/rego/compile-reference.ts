// References to functions: along keys that are known, and over all keys where one is not.
import type { Each, Matcher } from './compiling.ts';
import { type Cursor, children, cursorOf, descend, extent, someEntry } from './documents.ts';
import type { CompiledNode, Documents, Evaluate, Frame } from './evaluation.ts';
import { type Location, RegoError } from './rego-error.ts';
import { lookup, type Value } from './values.ts';

/** One step of a reference: a known key, or a pattern that every key is tried with. */
export type Path = Known | { readonly key?: undefined; readonly match: Matcher };

export interface Known {
  readonly key: Evaluate;
  readonly constant: Value | undefined;
  readonly match?: undefined;
}

export function plainValue(head: Evaluate, path: readonly Known[]): Evaluate {
  return (frame) => {
    const start = head(frame);
    return start === undefined ? undefined : under(start, path, 0, frame);
  };
}

export function inputValue(path: readonly Known[]): Evaluate {
  const read = readPath(path);
  return (frame) => {
    const { input, run } = frame.at;
    run.reads?.add(read);
    return input === undefined ? undefined : under(input, path, 0, frame);
  };
}

/** Throws as dataReference does. */
export function dataValue(root: CompiledNode, path: readonly Known[], at: Location): Evaluate {
  const search = dataReference(root, path, at);
  const { node, length } = nearest(root, path);
  return (frame) => {
    if (node.kind === 'tree' || frame.at.patch || frame.at.base !== undefined) return only(search, frame);
    const start = extent({ node, base: undefined, patch: undefined }, frame.at);
    return start === undefined ? undefined : under(start, path, length, frame);
  };
}

function only(search: Each, frame: Frame): Value | undefined {
  let result: Value | undefined;
  search(frame, (found) => {
    result = found;
    return true;
  });
  return result;
}

function under(start: Value, path: readonly Known[], from: number, frame: Frame): Value | undefined {
  let current: Value | undefined = start;
  for (let index = from; index < path.length && current !== undefined; index++) {
    const step = (path[index] as Known).key(frame);
    current = step === undefined ? undefined : lookup(current, step);
  }
  return current;
}

export function plainReference(head: Evaluate, path: readonly Path[]): Each {
  return (frame, found) => {
    const start = head(frame);
    return start !== undefined && along(start, path, 0, frame, found);
  };
}

/** The constant steps that a path starts with, as JSON. */
function readPath(path: readonly Path[]): string {
  const constants: Value[] = [];
  for (const { constant } of path as readonly { constant?: Value }[]) {
    if (constant === undefined) break;
    constants.push(constant);
  }
  return JSON.stringify(constants);
}

export function inputReference(path: readonly Path[]): Each {
  const read = readPath(path);
  return (frame, found) => {
    const { input, run } = frame.at;
    run.reads?.add(read);
    return input !== undefined && along(input, path, 0, frame, found);
  };
}

/** Throws rego_type_error for a function that is not called: it would be undefined, and `not` would hold for it. */
export function dataReference(root: CompiledNode, path: readonly Path[], at: Location): Each {
  const { node, length } = nearest(root, path);
  if (node.kind === 'function')
    throw new RegoError('rego_type_error', `function ${node.name} used as reference, not called`, at);
  if (node.kind === 'tree') return (frame, found) => fromRoot(root, path, frame, found);
  const rest = path.slice(length);
  return (frame, found) => {
    if (frame.at.patch || frame.at.base !== undefined) return fromRoot(root, path, frame, found);
    const start = extent({ node, base: undefined, patch: undefined }, frame.at);
    return start !== undefined && along(start, rest, 0, frame, found);
  };
}

/** The node that constant steps lead to. */
function nearest(root: CompiledNode, path: readonly Path[]): { node: CompiledNode; length: number } {
  let node = root;
  let length = 0;
  for (const step of path) {
    const next =
      node.kind === 'tree' && step.key && step.constant !== undefined ? node.children.get(step.constant) : undefined;
    if (!next) break;
    node = next;
    length++;
  }
  return { node, length };
}

function fromRoot(root: CompiledNode, path: readonly Path[], frame: Frame, found: (value: Value) => boolean): boolean {
  const { base, patch } = frame.at;
  const start = cursorOf(root, base, patch);
  return start !== undefined && alongDocuments(start, path, 0, frame, found);
}

function along(
  start: Value,
  path: readonly Path[],
  from: number,
  frame: Frame,
  found: (value: Value) => boolean,
): boolean {
  let current = start;
  for (let index = from; index < path.length; index++) {
    const { key, match } = path[index] as Path;
    if (match)
      return someEntry(current, (itemKey, item) => {
        frame.at.run.budget.spend();
        return match(frame, itemKey) && along(item, path, index + 1, frame, found);
      });
    const step = key(frame);
    const next = step === undefined ? undefined : lookup(current, step);
    if (next === undefined) return false;
    current = next;
  }
  return found(current);
}

function alongDocuments(
  start: Cursor,
  path: readonly Path[],
  from: number,
  frame: Frame,
  found: (value: Value) => boolean,
): boolean {
  const documents: Documents = frame.at;
  let cursor = start;
  for (let index = from; index < path.length; index++) {
    if (cursor.plain !== undefined) return along(cursor.plain, path, index, frame, found);
    const { key, match } = path[index] as Path;
    if (match) {
      for (const [itemKey, item] of children(cursor, documents)) {
        documents.run.budget.spend();
        if (match(frame, itemKey) && alongDocuments(item, path, index + 1, frame, found)) return true;
      }
      return false;
    }
    const step = key(frame);
    const next = step === undefined ? undefined : descend(cursor, step, documents);
    if (!next) return false;
    cursor = next;
  }
  const value = extent(cursor, documents);
  return value !== undefined && found(value);
}
