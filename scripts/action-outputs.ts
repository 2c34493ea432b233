// What action.yml tells the rest of a workflow about the run whose reports lie in a folder: the lines for $GITHUB_OUTPUT.
// Runs without anything installed.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Verdict } from '../conformance/run/conform.ts';

const [reports, certified] = process.argv.slice(2);
if (reports === undefined)
  throw new Error('Say in which folder the reports are, and whether what passed was certified.');
const { verdicts } = JSON.parse(readFileSync(join(reports, 'conformance.json'), 'utf8')) as { verdicts: Verdict[] };

/** The level that all of them reached; nothing where one reached none, or where there is none. */
const level = verdicts.some(({ reached }) => reached === null)
  ? undefined
  : verdicts.map(({ reached }) => reached).sort()[0];
/** Those of this run alone: a folder may hold an older one. */
const certificates =
  certified === 'true'
    ? verdicts.flatMap(({ folder, reached }) => (reached === null ? [] : join(folder, 'certificate.json')))
    : [];
console.log(`level=${level ?? ''}`);
console.log(`plugins=${verdicts.map(({ plugin }) => plugin).join(' ')}`);
const workspace = process.env.GITHUB_WORKSPACE ?? '.';
const paths = certificates.map((file) => relative(workspace, file));
console.log(['certificate<<END-OF-PATHS', ...paths, 'END-OF-PATHS'].join('\n'));
