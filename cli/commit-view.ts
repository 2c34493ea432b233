// What a plugin committed, and what it did to the repository in its copy that is not kept, as people look at it.
import type { EffectSet } from '../contracts/generated/ledger.v1.ts';

/** For people: a line for each commit, and for each thing that is not kept. */
export function commitLines({
  target,
  notKept = [],
}: {
  readonly target?: EffectSet['target'] | undefined;
  readonly notKept?: EffectSet['notKept'] | undefined;
}): string[] {
  const commits = target?.kind === 'git' ? (target.commits ?? []) : [];
  return [
    ...commits.map(({ id, author, subject }) => `  commit  ${id.slice(0, 12)} ${subject} (${author})`),
    ...notKept.map(({ kind, name, detail }) => `  not kept: ${kind} ${name}: ${detail}`),
  ];
}
