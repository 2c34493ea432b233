// Which plugin reached which level with which kernel on which Node, as Markdown. Takes a folder of reports, one folder a try named
// `compatibility <kernel> <node>`, and the kernels and Nodes that were to be tried, as scripts/list-kernels.ts gives them. The exit
// is 1 where a plugin did not reach what it has to, or there is no report. Runs without anything installed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Verdict } from '../conformance/run/conform.ts';

const wanted = 'L3';
const [folder, kernels, nodes] = process.argv.slice(2);
if (!folder || !kernels || !nodes)
  throw new Error('Say where the reports are, which kernels were tried, and which Nodes.');

interface Try {
  readonly title: string;
  /** By plugin; none where the try came to nothing. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

const tries = (JSON.parse(kernels) as { name: string }[]).flatMap(({ name }) =>
  (JSON.parse(nodes) as number[]).map((node): Try => {
    const verdicts = verdictsIn(join(folder, `compatibility ${name} ${node}`, 'conformance.json'));
    return {
      title: `${name}, Node ${node}`,
      verdicts: new Map(verdicts.map((verdict) => [verdict.plugin, verdict])),
    };
  }),
);
const plugins = [...new Set(tries.flatMap(({ verdicts }) => [...verdicts.keys()]))].sort();
const rows = [
  ['plugin', ...tries.map(({ title }) => title)],
  ['---', ...tries.map(() => '---')],
  ...plugins.map((plugin) => [plugin, ...tries.map(({ verdicts }) => cell(verdicts.get(plugin)))]),
];
console.log(rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n'));
const allFine = tries.every(({ verdicts }) => plugins.every((plugin) => isFine(verdicts.get(plugin))));
if (!allFine || plugins.length === 0) process.exitCode = 1;

function verdictsIn(report: string): Verdict[] {
  return existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).verdicts : [];
}

function cell(verdict: Verdict | undefined): string {
  if (!verdict) return 'no report';
  return isOutOfRange(verdict) ? 'not for it' : (verdict.reached ?? 'nothing');
}

/** A plugin that does not ask for this kernel owes it nothing. */
function isFine(verdict: Verdict | undefined): boolean {
  return verdict !== undefined && (isOutOfRange(verdict) || (verdict.reached !== null && verdict.reached >= wanted));
}

function isOutOfRange({ cases }: Verdict): boolean {
  return cases.some(({ id, detail }) => id === 'L0/digests' && detail?.includes('PLUGIN_KERNEL_RANGE'));
}
