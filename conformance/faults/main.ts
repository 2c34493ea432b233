// npm run test:kit: the conformance kit against itself. Each fault is put into a copy of a good plugin, and has to be found at
// the level that it belongs to. `-- --quick` runs only the cases that have to find them; `-- --json` prints the counts alone.
import { requirements } from '../requirements.ts';
import { allFaults } from './all.ts';
import { type Found, seedFault } from './seed-fault.ts';

const [quick, json] = ['--quick', '--json'].map((flag) => process.argv.includes(flag)) as [boolean, boolean];
const wanted = process.argv.slice(2).find((word) => !word.startsWith('--'));
const faults = allFaults.filter(({ name, caught }) => !wanted || name.includes(wanted) || caught.startsWith(wanted));
if (faults.length === 0) throw new Error(`There is no fault ${wanted}: nothing was checked.`);

const missed: Found[] = [];
for (const fault of faults) {
  const found = await seedFault(fault, quick);
  if (!found.caught) missed.push(found);
  if (!json) console.log(line(found));
}
console.log(
  json
    ? JSON.stringify({ faults: faults.length, caught: faults.length - missed.length })
    : `\n${faults.length} faults, ${faults.length - missed.length} caught at their level${quick ? ', by their case alone' : ''}`,
);
if (missed.length > 0) process.exitCode = 1;

function line({ fault: { name, caught: id }, caught, failed, ms }: Found): string {
  const seconds = (ms / 1_000).toFixed(1).padStart(5);
  const head = `${caught ? '✓' : '✗'} ${requirements[id].level} ${seconds} s  a plugin that ${name}  (${id})`;
  if (caught) return head;
  const came = failed.map((one) => `    ${one.id}: ${one.detail.replaceAll('\n', ' | ').slice(0, 400)}`);
  return [head, ...(came.length > 0 ? came : ['    nothing failed'])].join('\n');
}
