// arbiter decide: what a decision table says to given inputs, and why the other rules do not. With --lint, what is wrong
// with the tables.
import { existsSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { closest } from 'fastest-levenshtein';
import { fault } from '../contracts/errors.ts';
import type { DecisionRecord } from '../contracts/generated/ledger.v1.ts';
import { type DecisionTables, loadDecisions } from '../process/decide.ts';
import type { RuleReport } from '../process/decisions/explain-rules.ts';
import { lintModel, worded } from '../process/decisions/lint-table.ts';
import { readDmn } from '../process/decisions/read-dmn.ts';
import { type Context, contextOf } from './context.ts';
import { decisionFiles } from './decision-tables.ts';
import { exitCodes } from './exit-codes.ts';
import { plain } from './output.ts';

interface Options {
  readonly table?: string;
  readonly lint?: true | string;
}

export function addDecide(program: Command): void {
  program
    .command('decide')
    .description('what a decision says to given inputs: which rule, and why not the others')
    .argument('[table]', 'the id of a table, or of any decision')
    .argument('[facts...]', 'inputs as name=value; a value is JSON, or else text')
    .option('--table <file>', "a DMN file instead of the package's and the home's tables")
    .option('--lint [file]', 'look for what is wrong with the tables instead')
    .action(async (table: string | undefined, facts: readonly string[], options: Options, command: Command) => {
      const context = contextOf(command);
      if (options.lint !== undefined) return lint(context, options.lint === true ? null : options.lint);
      if (table === undefined) throw new InvalidArgumentError('Say which table.');
      const files = options.table ? [options.table] : decisionFiles(context.home);
      await answer(context, await loadDecisions(files), table, Object.fromEntries(facts.map(factOf)));
    });
}

async function answer(
  { output }: Context,
  decisions: DecisionTables,
  table: string,
  facts: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (!decisions.has(table)) throw unknownTable(decisions, table);
  const names = decisions.inputsOf(table);
  const record = await decisions.decide(table, facts);
  const rules = await decisions.explain(table, facts);
  const used = new Set(names.flatMap((input) => [input, ...(input.match(/[\p{L}\p{N}_]+/gu) ?? [])]));
  const unused = Object.keys(facts).filter((name) => !used.has(name));
  output.show({ ...record, why: rules, unused }, plain(answerText(record, rules, unused)));
}

function unknownTable({ tables }: DecisionTables, table: string): Error {
  const known = [...tables.keys()];
  return fault('TABLE_UNKNOWN', { table, known: known.join(', '), nearest: closest(table, known) });
}

function answerText(record: DecisionRecord, rules: readonly RuleReport[], unused: readonly string[]): string {
  const { table, version, inputs } = record;
  const fired = record.rules.length === 0 ? 'no rule' : `rule ${record.rules.join(', ')}`;
  return [
    `${table}: ${fired} → ${JSON.stringify(record.output)}  (version ${version.slice(7, 19)})`,
    ...Object.entries(inputs).map(([name, value]) => `  ${name} = ${JSON.stringify(value)}`),
    ...rules.map(ruleText),
    ...unused.map((name) => `${name} is no input of this table.`),
  ].join('\n');
}

function ruleText({ rule, verdict, failed }: RuleReport): string {
  if (verdict === 'fired') return `rule ${rule}  fired`;
  if (verdict === 'matched') return `rule ${rule}  matches too; the hit policy passes it over`;
  const reasons = failed.map(({ column, cell, input }) => `${column}: ${cell} does not take ${JSON.stringify(input)}`);
  return `rule ${rule}  no: ${reasons.join('; ')}`;
}

/** `name=value`. */
function factOf(text: string): [string, unknown] {
  const split = text.indexOf('=');
  if (split <= 0) throw new InvalidArgumentError(`${text} is no name=value.`);
  const value = text.slice(split + 1);
  try {
    return [text.slice(0, split), JSON.parse(value)];
  } catch {
    return [text.slice(0, split), value];
  }
}

async function lint({ home, output }: Context, file: string | null): Promise<void> {
  const files = file === null ? decisionFiles(home).filter((one) => existsSync(one)) : [file];
  const findings = [];
  for (const one of files)
    for (const finding of lintModel(await readDmn(one))) findings.push({ file: one, ...finding });
  const text = findings.map((finding) => `${finding.file}: ${worded(finding)}`).join('\n');
  output.show({ files, findings }, plain(text || `Nothing is wrong with ${files.join(', ')}.`));
  if (findings.length > 0) process.exitCode = exitCodes.someFailed;
}
