// What a run of test:crash says.
import { crashPoints } from '../../kernel/crash-point.ts';
import type { CampaignResult } from './campaign.ts';
import type { Findings } from './findings.ts';

export interface Totals {
  readonly kills: number;
  readonly tasks: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly leftovers: number;
  readonly verified: boolean;
}

const mostShown = 20;

export function totalsOf(results: readonly CampaignResult[]): Totals {
  const sum = (count: (result: CampaignResult) => number) => results.reduce((all, result) => all + count(result), 0);
  return {
    kills: sum(({ kills }) => kills),
    tasks: sum(({ tasks }) => tasks),
    lost: sum(({ findings }) => findings.lost.size),
    duplicated: sum(({ findings }) => findings.duplicated.size),
    leftovers: sum(({ findings }) => findings.leftovers.size),
    verified: results.every(({ findings }) => findings.unverified.size === 0),
  };
}

export function textOf(results: readonly CampaignResult[], seconds: number): string {
  const { kills, tasks, lost, duplicated, leftovers, verified } = totalsOf(results);
  const lines = [...placesOf(results)].map(([place, count]) => `${String(count).padStart(5)}  ${place}`);
  for (const { findings, kept } of results) {
    for (const [name, found] of Object.entries(findings) as [keyof Findings, Set<string>][]) {
      for (const one of [...found].slice(0, mostShown)) lines.push(`${name}: ${one}`);
      if (found.size > mostShown) lines.push(`${name}: and ${found.size - mostShown} more`);
    }
    if (kept !== null) lines.push(`Kept for a look: ${kept}`);
  }
  lines.push(
    `${kills} kills, ${tasks} tasks, ${lost} lost, ${duplicated} duplicated, ${leftovers} leftovers, ` +
      `${verified ? 'verified' : 'NOT verified'}, ${seconds} s. ${besidesOf(results)}`,
  );
  return lines.join('\n');
}

/** For people: what was looked at besides. */
function besidesOf(results: readonly CampaignResult[]): string {
  const [said, replayed] = results.reduce(([a, b], one) => [a + one.said, b + one.replayed], [0, 0]);
  return `${said} tasks had a request to send, ${replayed} entries were replayed.`;
}

interface Run {
  readonly seed: number;
  readonly homes: number;
  readonly seconds: number;
}

/** The table of docs/reliability.md. */
export function markdownOf(results: readonly CampaignResult[], { seed, homes, seconds }: Run): string {
  const { kills, tasks, lost, duplicated, leftovers, verified } = totalsOf(results);
  return [
    `\`npm run test:crash -- --kills ${kills} --seed ${seed}\`: ${homes} homes side by side, ${seconds} s. ${besidesOf(results)}`,
    '',
    '| kills | tasks | lost | duplicated | leftovers | verified |',
    '|--:|--:|--:|--:|--:|---|',
    `| ${kills} | ${tasks} | ${lost} | ${duplicated} | ${leftovers} | ${verified ? 'yes' : 'no'} |`,
    '',
    '| where the kernel died | times |',
    '|---|--:|',
    ...[...placesOf(results)].map(([place, count]) => `| ${place} | ${count} |`),
  ].join('\n');
}

const begin = '<!-- BEGIN AUTO: npm run test:crash -- --markdown -->';
const end = '<!-- END AUTO -->';

/** Puts the table between the marks of `page`. */
export function withTable(page: string, table: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`The page has no place for the table: ${begin} … ${end}`);
  return `${page.slice(0, from)}${begin}\n\n${table}\n\n${page.slice(to)}`;
}

/** Random moments first, then the points in the order in which a task passes them. */
function placesOf(results: readonly CampaignResult[]): Map<string, number> {
  const all = new Map<string, number>();
  for (const { byPlace } of results)
    for (const [place, count] of byPlace) all.set(place, (all.get(place) ?? 0) + count);
  const rank = (place: string) => crashPoints.indexOf(place as never);
  return new Map([...all].sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1)));
}
