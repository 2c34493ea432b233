// Asks the policies that are written in Rego. What is not allowed is denied: no answer, an error, a field that is not there, too much to
// look at. Answers are kept by the facts that were read to find them.
import { readFileSync } from 'node:fs';
import { fault } from '../contracts/errors.ts';
import { type PolicyFacts, shapeOfFacts } from './facts.ts';
import { newKeptVerdicts } from './kept-verdicts.ts';
import { refuseUnknownFields } from './known-fields.ts';
import { missingFacts, type Path, pathsOf, valueAt } from './read-facts.ts';
import { type Reason, reasonsOf, type Verdict, verdictOf } from './reasons.ts';
import { Budget, type Limits } from './rego/budget.ts';
import { compileProgram, type Program, type Query, type Question, type Source } from './rego/program.ts';
import { RegoError } from './rego/rego-error.ts';
import { fromJson, type Value } from './rego/values.ts';

/** How a verdict came about. */
export interface Explanation {
  readonly verdict: Verdict;
  /** Rules that gave something, with their place. */
  readonly fired: readonly string[];
  /** Paths of the facts that were read, and what stood there. */
  readonly read: readonly { readonly path: string; readonly value: unknown }[];
}

export interface RegoPolicies {
  /** The packages that decide, below `arbiter`. */
  readonly packages: readonly string[];
  /** Never throws: what goes wrong denies. */
  decide(facts: PolicyFacts): Verdict;
  explain(facts: PolicyFacts): Explanation;
  /** How often the policies were really evaluated. */
  evaluations(): number;
}

/** What one evaluation may take, all policies together. What takes this much takes well under a second. */
const limits: Limits = { steps: 5_000_000, made: 20_000_000, timeMs: 1500 };
/** A change larger than this, as JSON, is denied unread. */
const largestFacts = 20_000_000;
const bytesPerFile = 200;

/** `files`: name to path; only `*.rego` is read, tests apart. */
export function regoSources(files: ReadonlyMap<string, string>): Source[] {
  const sources = [...files].filter(([name]) => name.endsWith('.rego') && !name.endsWith('_test.rego'));
  return sources.map(([name, path]) => ({ file: name, text: readFileSync(path, 'utf8') }));
}

/** Throws POLICY_INVALID. */
export function loadRego(sources: readonly Source[]): RegoPolicies {
  const program = compiled(sources);
  const queries = deciding(program);
  const kept = newKeptVerdicts<Verdict>();
  let evaluations = 0;

  return {
    packages: queries.map(({ policy }) => policy),
    decide: (facts) => orTooDeep(() => ({ verdict: kept.find(facts) ?? evaluate(facts).verdict })).verdict,
    explain: (facts) =>
      orTooDeep(() => {
        const fired = new Set<string>();
        const { verdict, read } = evaluate(facts, fired);
        const values = read.map((path) => ({ path: ['input', ...path].join('.'), value: valueAt(facts, path) }));
        return { verdict, fired: [...fired].sort(), read: values };
      }),
    evaluations: () => evaluations,
  };

  function evaluate(facts: PolicyFacts, fired?: Set<string>): { verdict: Verdict; read: readonly Path[] } {
    evaluations++;
    if (facts.effects.files.length * bytesPerFile > largestFacts) return { verdict: tooLarge(facts), read: [] };
    const budget = new Budget(limits);
    const reads = new Set<string>();
    const question = { input: fromJson(facts), reads, budget, ...(fired && { fired }) };
    const answers = queries.map(({ policy, query }) => answerOf(policy, query, question));
    const read = pathsOf(reads);
    const verdict = verdictOf([...answers.flatMap(({ found }) => found), ...missingFacts(facts, read)]);
    if (!answers.some(({ impure }) => impure)) kept.keep(read, facts, verdict);
    return { verdict, read };
  }
}

function compiled(sources: readonly Source[]): Program {
  try {
    const program = compileProgram(sources);
    refuseUnknownFields(program, shapeOfFacts);
    return program;
  } catch (error) {
    if (error instanceof RangeError) throw invalid('A policy', `it is nested too deep: ${error.message}`);
    if (!(error instanceof RegoError)) throw error;
    const file = error.location?.file ?? 'A policy';
    throw invalid(file, error.message);
  }
}

function invalid(file: string, detail: string) {
  return fault('POLICY_INVALID', {
    file,
    detail,
    expectation: 'Rego v1, each package in one file, and in every package below arbiter a rule allow',
    hint: 'Correct the place named, then run: arbiter policy test.',
  });
}

/** The packages that decide. */
function deciding({ modules, query }: Program): { policy: string; query: Query }[] {
  const files = new Map<string, string>();
  for (const { package: path, file } of modules) {
    const name = path.join('.');
    const other = files.get(name);
    if (other) throw invalid(file, `it has the package ${name}, as ${other} has`);
    files.set(name, file);
  }
  const found = modules.filter(({ package: [root, name] }) => root === 'arbiter' && name !== undefined);
  return found.map(({ package: path, rules, file }) => {
    const named = (name: string) =>
      rules.some(({ path: [first] }) => first?.kind === 'constant' && first.value === name);
    if (!named('allow')) throw invalid(file, 'it has no rule allow');
    const at = `data.${path.join('.')}`;
    const deny = named('deny') ? `[d | d := ${at}.deny]` : '[]';
    return { policy: path.slice(1).join('.'), query: query(`allow = [a | a := ${at}.allow]; deny = ${deny}`) };
  });
}

function answerOf(policy: string, query: Query, question: Question): { found: Reason[]; impure: boolean } {
  try {
    const { solutions, isImpure } = query.ask({ ...question, strict: true });
    const [allow] = (solutions[0]?.get('allow') ?? []) as readonly Value[];
    const [deny] = (solutions[0]?.get('deny') ?? []) as readonly Value[];
    return { found: reasonsOf(policy, allow, deny), impure: isImpure };
  } catch (error) {
    if (!(error instanceof RegoError)) throw error;
    return {
      found: [{ policy, rule: error.code, message: `The policy could not be evaluated: ${error.message}` }],
      impure: true,
    };
  }
}

/** What JSON holds may be nested deeper than anything that walks it can go. */
function orTooDeep<T>(run: () => T): T | Explanation {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = 'The task is nested deeper than a policy can look';
    return { verdict: verdictOf([{ policy: 'arbiter', rule: 'too_deep', message }]), fired: [], read: [] };
  }
}

function tooLarge({ effects }: PolicyFacts): Verdict {
  const message = `The change has ${effects.files.length} files, more than a policy can look at`;
  return { decision: 'deny', reasons: [{ policy: 'arbiter', rule: 'too_large', message }] };
}
