// npm run tck -- --dir PATH [--json] [--least PERCENT]: how much of the DMN TCK passes. Exit code 2 when there is nothing
// to run, 1 when fewer results than --least pass, else 0.
import { parseArgs } from 'node:util';
import { reportOf, textOf } from './report.ts';
import { runTck } from './run-tck.ts';

const { values } = parseArgs({
  options: {
    dir: { type: 'string' },
    json: { type: 'boolean', default: false },
    least: { type: 'string', default: '0' },
  },
});
if (!values.dir) {
  console.error('Say which folder: npm run tck -- --dir PATH [--json] [--least PERCENT]');
  process.exit(2);
}
const outcomes = await runTck(values.dir);
if (outcomes.length === 0) {
  console.error(`There is no test case below ${values.dir}.`);
  process.exit(2);
}
const report = reportOf(outcomes);
console.log(values.json ? JSON.stringify(report) : textOf(report, outcomes));
process.exitCode = (report.passed / report.total) * 100 < Number(values.least) ? 1 : 0;
