// An effect set as people look at it: file by file, renames seen as such, with a diff where there is text.
import type { FileEffect, FileState } from '../contracts/generated/ledger.v1.ts';
import type { Contents } from '../kernel/safety/effect-contents.ts';
import { type Comparison, compareText, tooLarge } from './compare-text.ts';

export interface FileView {
  readonly path: string;
  readonly change: FileEffect['change'] | 'renamed';
  /** Where a renamed file was. */
  readonly from?: string;
  readonly before: FileState;
  readonly after: FileState;
  readonly content: Comparison;
}

/** Pairs what was deleted with what was created of the same content, and compares the rest. */
export async function viewEffects(files: readonly FileEffect[], contents: Contents): Promise<FileView[]> {
  const views: FileView[] = [];
  const renames = findRenames(files);
  const sources = new Set(renames.values());
  for (const file of files) {
    const from = renames.get(file);
    if (sources.has(file)) continue;
    if (from)
      views.push({
        ...{ path: file.path, change: 'renamed', from: from.path, before: from.before, after: file.after },
        content: { kind: 'text', diff: '', cutLines: 0 },
      });
    else views.push({ ...file, content: await compare(file, contents) });
  }
  return views;
}

/** Created file → deleted file of the same content. Empty files are all alike. */
function findRenames(files: readonly FileEffect[]): Map<FileEffect, FileEffect> {
  const renames = new Map<FileEffect, FileEffect>();
  const keyOf = (state: FileState) => `${state?.type} ${state?.digest}`;
  const deleted = new Map<string, FileEffect[]>();
  for (const file of files)
    if (file.change === 'deleted' && file.before && file.before.size > 0)
      deleted.set(keyOf(file.before), [...(deleted.get(keyOf(file.before)) ?? []), file]);
  for (const file of files) {
    const from = file.change === 'created' ? deleted.get(keyOf(file.after))?.shift() : undefined;
    if (from) renames.set(file, from);
  }
  return renames;
}

async function compare(file: FileEffect, contents: Contents): Promise<Comparison> {
  const { path, before, after } = file;
  const large = tooLarge(Math.max(before?.size ?? 0, after?.size ?? 0));
  if (large) return large;
  if (before?.digest === after?.digest && before?.type === after?.type) return { kind: 'text', diff: '', cutLines: 0 };
  const was = await contents(file, 'before');
  const is = await contents(file, 'after');
  if ((before && !was) || (after && !is)) return { kind: 'none', because: 'its content is not kept any more' };
  return compareText({ path, content: was }, { path, content: is });
}

/** For people. A line per file, then the diffs. */
export function effectText(views: readonly FileView[]): string {
  return [
    views.map(fileLine).join('\n'),
    ...views.flatMap(({ path, content }) => {
      if (content.kind !== 'text' || content.diff === '') return [];
      const left = content.cutLines > 0 ? `\n… ${content.cutLines} more lines of ${path} are not shown.` : '';
      return [content.diff + left];
    }),
  ].join('\n\n');
}

function fileLine({ path, change, from, before, after, content }: FileView): string {
  const name = from === undefined ? path : `${from} → ${path}`;
  const facts = [
    stepText(before?.type, after?.type, (type) => (type === 'symlink' ? 'link' : 'file'), 'file'),
    `${stepText(before?.size, after?.size, String)} bytes`,
    stepText(before?.mode, after?.mode, String, before?.type === 'symlink' || after?.type === 'symlink' ? '777' : ''),
    ...(content.kind === 'binary' ? [`binary, ${stepText(before?.digest, after?.digest, String)}`] : []),
    ...(content.kind === 'none' ? [`not compared: ${content.because}`] : []),
  ].filter(Boolean);
  return `  ${change.padEnd(8)} ${name}  (${facts.join(', ')})`;
}

/** One value, or two where they differ; nothing where it is as usual. */
function stepText<Value>(
  before: Value | undefined,
  after: Value | undefined,
  word: (value: Value) => string,
  usual?: Value,
): string {
  if (before !== undefined && after !== undefined && before !== after) return `${word(before)} → ${word(after)}`;
  const value = (after ?? before) as Value;
  return value === usual ? '' : word(value);
}
