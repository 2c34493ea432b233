// npm run test:faults: what a ledger goes through, how often it was tried, what was lost, what went unnoticed. Exit code 1
// when anything acknowledged was lost or there twice, when a change went undetected, or when the test itself finds nothing
// under synchronous=NORMAL, where it has to.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bitFlips } from './bit-flips.ts';
import { ioErrors } from './io-errors.ts';
import { kills, killsAtBirth } from './kills.ts';
import { powerCuts } from './power-cut.ts';
import { reruns } from './reruns.ts';
import type { FaultRow } from './row.ts';
import { tampering } from './tampering.ts';
import { canTrace } from './traced.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    markdown: { type: 'string' },
    /** Paths of other Nodes. */
    node: { type: 'string', multiple: true, default: [] },
  },
});
const seed = Number(values.seed);
const many = values.quick
  ? { cuts: 150, normal: 30, kills: 30, births: 6, flips: 300, errors: 1, tamperings: 1, reruns: 40 }
  : { cuts: 2000, normal: 200, kills: 500, births: 40, flips: 2000, errors: 10, tamperings: 4, reruns: 1000 };

if (!canTrace()) {
  console.error(
    'NOTICE: no strace here, or it may not trace: power cuts, kills at named points and I/O errors are left out.',
  );
  if (process.env.CI) process.exitCode = 1;
}
const started = Date.now();
const rows: FaultRow[] = [];
const say = (some: readonly FaultRow[]) => {
  rows.push(...some);
  if (!values.json) for (const row of some) console.log(line(row));
};
if (!values.json)
  console.log(`${'fault'.padEnd(56)} ${'tried'.padStart(6)} ${'lost'.padStart(6)} undetected duplicated`);
let normal: FaultRow | undefined;
if (canTrace()) {
  say([await powerCuts(many.cuts, seed, 'FULL')]);
  // Not one of ours: it shows that the test can fail.
  normal = await powerCuts(many.normal, seed, 'NORMAL');
  if (!values.json) console.log(`${line(normal)}  (has to lose)`);
  say(await kills(many.kills, seed));
  say([await killsAtBirth(many.births, seed)]);
  say(await ioErrors(many.errors, seed));
}
say(await bitFlips(many.flips, seed));
say(await tampering(many.tamperings, seed));
say([await reruns(many.reruns, values.node)]);

const seconds = Math.round((Date.now() - started) / 1000);
const wrong = rows.filter(
  ({ tried, lost, undetected, duplicated = 0 }) => tried === 0 || lost + undetected + duplicated > 0,
);
if (values.json)
  console.log(JSON.stringify({ seed, quick: values.quick, seconds, rows, control: normal, wrong: wrong.length }));
else
  console.log(
    `\n${rows.reduce((sum, { tried }) => sum + tried, 0)} tries in ${seconds} s; ${wrong.length === 0 ? 'nothing was lost, nothing went undetected' : `${wrong.length} kinds went wrong`}.`,
  );
if (values.markdown !== undefined) writeMarkdown(values.markdown);
if (wrong.length > 0 || (normal !== undefined && normal.lost === 0)) process.exitCode = 1;

function line({ fault, tried, lost, undetected, duplicated }: FaultRow): string {
  return `${fault.padEnd(56)} ${`${tried}`.padStart(6)} ${`${lost}`.padStart(6)} ${`${undetected}`.padStart(10)} ${`${duplicated ?? ''}`.padStart(10)}`;
}

function writeMarkdown(file: string): void {
  const [begin, end] = ['<!-- BEGIN AUTO: npm run test:faults -- --markdown -->', '<!-- END AUTO -->'];
  const text = readFileSync(file, 'utf8');
  const table = [
    `\`npm run test:faults -- --seed ${seed}\`: ${seconds} s.`,
    '',
    '| fault | tried | lost | undetected | duplicated |',
    '|---|--:|--:|--:|--:|',
    ...rows.map((row) => `| ${row.fault} | ${row.tried} | ${row.lost} | ${row.undetected} | ${row.duplicated ?? ''} |`),
    ...(normal
      ? [
          `| the same test under synchronous=NORMAL, which has to lose | ${normal.tried} | ${normal.lost} | ${normal.undetected} | |`,
        ]
      : []),
  ];
  writeFileSync(file, text.replace(new RegExp(`${begin}[\\s\\S]*${end}`), `${begin}\n\n${table.join('\n')}\n\n${end}`));
}
