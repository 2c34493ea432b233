// Expressions of GitHub's workflows, evaluated by GitHub's own library, for tests that run the steps of an action.
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';

export interface Scope {
  /** `inputs`, `steps` and the like. */
  readonly contexts: Readonly<Record<string, object>>;
  /** Where hashFiles looks. */
  readonly workspace: string;
  /** Whether a step before failed. */
  readonly failed: boolean;
}

/** `text` with every `${{ … }}` replaced by what it comes to. */
export function filledIn(text: string, scope: Scope): string {
  return text.replace(/\$\{\{([\s\S]*?)\}\}/g, (_, expression: string) => evaluated(expression, scope).coerceString());
}

/** Whether a step with this `if` runs: after a failure only one that asks how things stand. */
export function runs(condition: string | undefined, scope: Scope): boolean {
  const expression = (condition ?? 'success()').replace(/^\$\{\{([\s\S]*)\}\}$/, '$1');
  const asks = /\b(?:success|failure|always|cancelled)\(\)/.test(expression);
  return (asks || !scope.failed) && evaluated(expression, scope).coerceString() === 'true';
}

function evaluated(expression: string, { contexts, workspace, failed }: Scope): data.ExpressionData {
  const functions = [
    statusFunction('success', !failed),
    statusFunction('failure', failed),
    statusFunction('always', true),
    statusFunction('cancelled', false),
    {
      ...{ name: 'hashFiles', minArgs: 1, maxArgs: 255 },
      call: (...patterns: data.ExpressionData[]) =>
        new data.StringData(
          patterns.some((pattern) => isThere(workspace, pattern.coerceString())) ? 'hash-of-what-is-there' : '',
        ),
    },
  ];
  const { tokens } = new Lexer(expression.trim()).lex();
  const parsed = new Parser(tokens, Object.keys(contexts), functions).parse();
  const values = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  return new Evaluator(parsed, values, new Map(functions.map((one) => [one.name.toLowerCase(), one]))).evaluate();
}

function statusFunction(name: string, value: boolean) {
  return { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(value) };
}

function isThere(workspace: string, pattern: string): boolean {
  return existsSync(join(workspace, pattern)) || globSync(pattern, { cwd: workspace }).length > 0;
}
