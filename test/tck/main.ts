// npm run tck -- --dir PATH [--json]: how much of the DMN TCK passes. Exit code 0 when all does, 1 when not, 2 when
// there is nothing to run.
import { parseArgs } from 'node:util';
import { reportOf, textOf } from './report.ts';
import { runTck } from './run-tck.ts';

const { values } = parseArgs({ options: { dir: { type: 'string' }, json: { type: 'boolean', default: false } } });
if (!values.dir) {
  console.error('Say which folder: npm run tck -- --dir PATH [--json]');
  process.exit(2);
}
const outcomes = await runTck(values.dir);
if (outcomes.length === 0) {
  console.error(`There is no test case below ${values.dir}.`);
  process.exit(2);
}
const report = reportOf(outcomes);
console.log(values.json ? JSON.stringify(report) : textOf(report, outcomes));
process.exit(report.passed === report.total ? 0 : 1);
