// Runs OPA's compliance cases: `npm run rego-compliance -- --dir PATH [--json] [--verbose]`, where PATH holds a folder
// for each subject, at any depth, with files of cases in JSON or YAML. Nothing of them is committed here.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { compileProgram } from '../policies/rego/program.ts';
import { RegoError } from '../policies/rego/rego-error.ts';
import { toJson } from '../policies/rego/value-text.ts';
import { compare, fromJson, type Value } from '../policies/rego/values.ts';

/** The folders about the language itself, and what every policy uses of it. */
const core = new Set(
  `aggregates all any arithmetic array assignments baseandvirtualdocs casts comparisonexpr completedoc
  compositebasedereference compositereferences comprehensions containskeyword dataderef defaultkeyword disjunction
  elsekeyword embeddedvirtualdoc eqexpr evaltermexpr every example fix1863 functionerrors functions helloworld indexing
  indirectreferences inputvalues intersection negation nestedreferences numbersrange objectget objectkeys
  partialdocconstants partialiter partialobjectdoc partialsetdoc refheads regexmatch rendered replacen sets sprintf
  strings subset trim trimleft trimprefix trimright trimspace trimsuffix typebuiltin typenamebuiltin undos union
  varreferences virtualdocs withkeyword`.split(/\s+/),
);

/** Not run, counted as failed, with the reason. */
const skipped: Readonly<Record<string, string>> = {
  graphql: 'GraphQL is no part of what a policy here is asked about; its builtins are refused at load',
  'providers-aws': 'signing requests to AWS belongs to http.send, which no policy may use',
  regoparsemodule: 'a policy does not read policies',
  ...Object.fromEntries(
    [
      'cryptoparsersaprivatekeys',
      'cryptox509parseandverifycertificates',
      'cryptox509parseandverifycertificateswithoptions',
      'cryptox509parsecertificaterequest',
      'cryptox509parsecertificates',
      'cryptox509parsekeypair',
      'cryptox509parsersaprivatekey',
    ].map((folder) => [
      folder,
      'a policy here is asked about tasks and files, not about certificates; those builtins are refused at load',
    ]),
  ),
  httpsend: 'no policy reaches a network',
  netlookupipaddr: 'no policy reaches a network',
};

interface Case {
  readonly note: string;
  readonly query: string;
  readonly modules?: readonly string[];
  readonly data?: unknown;
  readonly input?: unknown;
  readonly input_term?: string;
  readonly want_result?: readonly Record<string, unknown>[];
  readonly want_error?: string;
  readonly want_error_code?: string;
  readonly strict_error?: boolean;
  readonly sort_bindings?: boolean;
}

interface Tally {
  passed: number;
  total: number;
}

const { values: options } = parseArgs({
  options: { dir: { type: 'string' }, json: { type: 'boolean' }, verbose: { type: 'boolean' } },
});
if (!options.dir || !existsSync(options.dir)) {
  console.error(
    `There is no folder of cases at ${options.dir ?? '(none given)'}. Give one: npm run rego-compliance -- --dir PATH`,
  );
  process.exit(2);
}

const tallies = { core: tally(), all: tally(), errors: tally() };
const allowed: string[] = [];
for (const file of readdirSync(options.dir, { recursive: true, encoding: 'utf8' }).sort()) {
  if (!/\.(json|ya?ml)$/.test(file)) continue;
  const text = readFileSync(join(options.dir, file), 'utf8');
  const { cases = [] } = (file.endsWith('.json') ? JSON.parse(text) : parse(text)) as { cases?: Case[] };
  for (const one of cases) count(basename(dirname(resolve(options.dir, file))), one);
}
if (tallies.all.total === 0) {
  console.error(`No case was found below ${options.dir}.`);
  process.exit(2);
}
report();

function tally(): Tally {
  return { passed: 0, total: 0 };
}

function count(folder: string, one: Case): void {
  const isError = one.want_error !== undefined || one.want_error_code !== undefined;
  const counted = isError ? [tallies.errors] : core.has(folder) ? [tallies.core, tallies.all] : [tallies.all];
  const problem = skipped[folder] ? `skipped: ${skipped[folder]}` : isError ? errorProblem(one) : resultProblem(one);
  for (const each of counted) {
    each.total++;
    if (!problem) each.passed++;
  }
  if (problem && options.verbose) console.error(`${folder}: ${one.note}: ${problem}`);
}

function run(one: Case): Value {
  const program = compileProgram((one.modules ?? []).map((text, index) => ({ file: `test-${index}.rego`, text })));
  const input = one.input_term === undefined ? one.input : termValue(one.input_term);
  const { solutions } = program.query(one.query).ask({
    input: one.input_term !== undefined ? (input as Value) : input === undefined ? undefined : fromJson(input),
    data: one.data === undefined ? undefined : fromJson(one.data),
    strict: one.strict_error ?? false,
    limits: { steps: 50_000_000, made: 50_000_000, timeMs: 10_000 },
  });
  return solutions.map((solution) =>
    fromJson(Object.fromEntries([...solution].map(([name, value]) => [name, toJson(value)]))),
  );
}

function termValue(text: string): Value | undefined {
  return compileProgram([]).query(`x = ${text}`).ask({}).solutions[0]?.get('x');
}

function resultProblem(one: Case): string | undefined {
  try {
    const got = run(one);
    const want = fromJson(one.want_result ?? []);
    if (compare(normal(got, one), normal(want, one)) === 0) return undefined;
    if (Array.isArray(want) && want.length === 0) allowed.push(one.note);
    return `wanted ${JSON.stringify(one.want_result)?.slice(0, 300)}, got ${JSON.stringify(toJson(got)).slice(0, 300)}`;
  } catch (error) {
    return `${(error as Error).message.slice(0, 300)}${error instanceof RegoError ? '' : (error as Error).stack?.slice(0, 600)}`;
  }
}

/** Solutions come in any order; with `sort_bindings` the arrays in them do too. */
function normal(value: Value, { sort_bindings }: Case): Value {
  const solutions = value as readonly Value[];
  return (sort_bindings ? solutions.map(sorted) : [...solutions]).sort(compare);
}

function sorted(value: Value): Value {
  const json = toJson(value) as Record<string, unknown>;
  return fromJson(
    Object.fromEntries(
      Object.entries(json).map(([name, item]) => [
        name,
        Array.isArray(item) ? toJson((fromJson(item) as Value[]).toSorted(compare)) : item,
      ]),
    ),
  );
}

function errorProblem(one: Case): string | undefined {
  try {
    return `wanted ${one.want_error_code}: ${one.want_error}, got ${JSON.stringify(toJson(run(one))).slice(0, 200)}`;
  } catch (error) {
    if (!(error instanceof RegoError)) return `threw ${(error as Error).stack?.slice(0, 300)}`;
    return one.want_error_code === undefined || error.code === one.want_error_code
      ? undefined
      : `wanted ${one.want_error_code}: ${one.want_error}, got ${error.message.slice(0, 200)}`;
  }
}

function report(): void {
  if (options.json) {
    console.log(JSON.stringify({ ...tallies, allowedThoughDenied: allowed, skipped }));
    return;
  }
  for (const [name, { passed, total }] of Object.entries(tallies))
    console.log(`${name}: ${passed} of ${total} (${((100 * passed) / Math.max(1, total)).toFixed(1)} %)`);
  console.log(`allowed although the case expects nothing: ${allowed.length === 0 ? 'none' : allowed.join('; ')}`);
  for (const [folder, reason] of Object.entries(skipped))
    console.log(`not run, counted as failed: ${folder}: ${reason}`);
}
