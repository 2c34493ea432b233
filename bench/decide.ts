// npm run bench:decide: what a decision costs, uncached and from the memo, beside the same table as plain JavaScript.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDecisions } from '../process/decide.ts';
import { percentile } from './statistics.ts';

const rows = 50;
const [warmUp, questions] = [2_000, 20_000];
const kinds = ['file', 'folder', 'link', 'commit', 'branch'];

interface Rule {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
  readonly urgent: boolean | null;
  readonly answer: string;
}

/** Fifty rules: a string, a range of numbers, and a boolean that every fifth asks for. The last takes everything. */
const rules: Rule[] = Array.from({ length: rows - 1 }, (_, row) => ({
  kind: kinds[row % kinds.length] as string,
  from: row * 10,
  to: row * 10 + 49,
  urgent: row % 5 === 4 ? true : null,
  answer: `a${row}`,
}));

/** How the cells of the same rules are written. */
interface Shape {
  readonly what: string;
  readonly policy: 'FIRST' | 'COLLECT';
  readonly kind: (kind: string) => string;
  readonly size: (from: number, to: number) => string;
  readonly urgent: (urgent: boolean) => string;
}

const range = (from: number, to: number) => `[${from}..${to}]`;
const literals: Omit<Shape, 'what' | 'kind'> = { policy: 'FIRST', size: range, urgent: String };
const everywhere: Shape = {
  what: 'an expression in every cell',
  policy: 'FIRST',
  kind: (kind) => `starts with(lower case(?), "${kind}")`,
  size: (from, to) => `? >= ${from} and ? < ${to} + 1`,
  urgent: (urgent) => `? = ${urgent}`,
};
const shapes: Shape[] = [
  { what: 'a string, a range and a boolean', kind: (kind) => `"${kind}"`, ...literals },
  { what: 'a range and a boolean', kind: () => '-', ...literals },
  { what: 'an expression, a range and a boolean', kind: (kind) => `starts with(?, "${kind}")`, ...literals },
  everywhere,
  { ...everywhere, what: 'the same, all rules that match', policy: 'COLLECT' },
  {
    what: 'functions that feelin evaluates',
    policy: 'COLLECT',
    kind: (kind) => `matches(?, "^${kind}")`,
    size: (from, to) => `floor(?) >= ${from} and floor(?) <= ${to}`,
    urgent: (urgent) => `string(?) = "${urgent}"`,
  },
  {
    what: 'lists of tests, and ranges that calculate',
    policy: 'COLLECT',
    kind: (kind) => `contains(?, "${kind}"), "${kind}"`,
    size: (from, to) => `[${from}..${to} + 0]`,
    urgent: String,
  },
  {
    what: 'a cell a row that is evaluated anew',
    policy: 'COLLECT',
    kind: (kind) => `["${kind}", "other"]`,
    size: range,
    urgent: String,
  },
];

function dmn({ policy, kind: kindCell, size: sizeCell, urgent: urgentCell }: Shape): string {
  const cell = (element: string, text: string) =>
    `<${element}><text>${text.replaceAll('<', '&lt;')}</text></${element}>`;
  const input = (name: string, type: string) =>
    `<input><inputExpression typeRef="${type}"><text>${name}</text></inputExpression></input>`;
  const rule = (...cells: [string, string, string, string]) =>
    `<rule>${cells
      .slice(0, 3)
      .map((text) => cell('inputEntry', text))
      .join('')}${cell('outputEntry', cells[3])}</rule>`;
  const all = rules.map(({ kind, from, to, urgent, answer }) =>
    rule(kindCell(kind), sizeCell(from, to), urgent === null ? '-' : urgentCell(urgent), `"${answer}"`),
  );
  return `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:bench">
<decision id="choice" name="choice"><decisionTable hitPolicy="${policy}">
${input('kind', 'string')}${input('size', 'number')}${input('urgent', 'boolean')}
<output name="answer" typeRef="string"/>
${all.join('\n')}${rule('-', '-', '-', '"none"')}
</decisionTable></decision></definitions>`;
}

function plain(kind: string, size: number, urgent: boolean): string {
  for (const rule of rules)
    if (rule.kind === kind && size >= rule.from && size <= rule.to && (rule.urgent === null || rule.urgent === urgent))
      return rule.answer;
  return 'none';
}

/** Microseconds of each call. */
async function measure(call: (index: number) => unknown): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < warmUp + questions; index++) {
    const start = process.hrtime.bigint();
    await call(index);
    const took = Number(process.hrtime.bigint() - start) / 1_000;
    if (index >= warmUp) times.push(took);
  }
  return times;
}

function print(what: string, times: readonly number[], goal: number | null): void {
  const cells = [50, 95, 99].map((rank) => percentile(times, rank).toFixed(2).padStart(8));
  const verdict = goal === null ? '' : percentile(times, 99) < goal ? `  (under ${goal})` : `  (goal: under ${goal})`;
  console.log(`${what.padEnd(52)} ${cells.join(' ')}${verdict}`);
}

const folder = mkdtempSync(join(tmpdir(), 'arbiter-bench-'));
try {
  console.log(`${availableParallelism()} cores, ${rows} rules, ${questions} questions each\n`);
  console.log(`${''.padEnd(52)}      p50      p95      p99  µs`);
  print(
    'plain JavaScript',
    await measure((index) => plain(kinds[index % 5] as string, index % 500, index % 2 === 0)),
    null,
  );
  for (const shape of shapes) {
    writeFileSync(join(folder, 'bench.dmn'), dmn(shape));
    const decisions = await loadDecisions([join(folder, 'bench.dmn')]);
    // A size that was never asked before is never in the memo.
    const fresh = (index: number) => ({
      kind: kinds[index % 5],
      size: (index % 500) + index / 1e6,
      urgent: index % 2 === 0,
    });
    print(`uncached, ${shape.what}`, await measure((index) => decisions.decide('choice', fresh(index))), 100);
    if (shape !== shapes[0]) continue;
    const kept = (index: number) => ({ kind: kinds[index % 5], size: index % 500, urgent: index % 2 === 0 });
    for (let index = 0; index < 1_000; index++) await decisions.decide('choice', kept(index));
    print('from the memo', await measure((index) => decisions.decide('choice', kept(index % 1_000))), 5);
  }
} finally {
  rmSync(folder, { recursive: true });
}
