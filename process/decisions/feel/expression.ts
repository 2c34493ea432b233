// FEEL, compiled from text to functions of a scope. feelin parses and evaluates; what it does differently from the
// standard is put right here and in the files beside this one. Errors and numbers that are none are null, as in FEEL.
import { evaluate, unaryTest } from 'feelin';
import type { Scope } from './exchange-names.ts';
import { asExpression, inputName, type KeptFunctions, keptFunction } from './kept-function.ts';
import { isLiteral, literalsIn, literalTests, membershipTest } from './literal-tests.ts';
import { ownFunctionsIn } from './own-functions.ts';

export type { Scope };
export type Evaluate = (scope: Scope) => unknown;
/** Whether a cell takes an input; null where that cannot be said. */
export type Test = (input: unknown, scope: Scope) => boolean | null;

/** An expression. */
export function compileExpression(text: string): Evaluate {
  const [literal, ...more] = literalsIn(text) ?? [];
  if (literal !== undefined && more.length === 0 && isLiteral(text)) return () => literal;
  const prepare = ownFunctionsIn(text, 'expression');
  const known: KeptFunctions = new Map();
  return (scope) => {
    try {
      const prepared = prepare(scope);
      const kept = keptFunction(known, prepared, scope);
      return valid(kept ? kept(scope) : evaluate(prepared.source, { ...prepared.functions, ...scope }).value);
    } catch {
      return null;
    }
  };
}

/** The unary tests of a cell: `"gold"`, `> 5`, `[1..10]`, `not(…)`, or an expression over `?`. */
export function compileTests(text: string): Test {
  const literal = literalTests(text) ?? membershipTest(text);
  const prepare = ownFunctionsIn(text, 'tests');
  const named = namesOnly(text);
  const whole = asExpression(text);
  const overInput = whole === null ? null : ownFunctionsIn(whole, 'expression');
  const kept: KeptFunctions = new Map();

  return (input, scope) => {
    const known = literal?.(input);
    if (typeof known === 'boolean') return known;
    try {
      const variables = { ...scope, [inputName]: input };
      const answer = overInput && keptFunction(kept, overInput(variables), variables)?.(variables);
      if (typeof answer === 'boolean') return answer;
      const { source, functions } = prepare({ ...scope, '?': input });
      const context = { ...functions, ...scope, '?': input };
      if (named && typeof input === 'boolean') return named(input, context);
      // feelin takes a cell that comes out as null for equal to an input that is null, so `list contains(?, "a")` would
      // match where there is no list: an expression over `?` has to come out as true.
      if (input === null && source.includes('?')) return isTrue(source, context);
      return unaryTest(source, context).value === true;
    } catch {
      return null;
    }
  };
}

function isTrue(source: string, context: Scope): boolean {
  try {
    return evaluate(source, context).value === true;
  } catch {
    // Several tests with commas between them are no expression.
    return unaryTest(source, context).value === true;
  }
}

const path = '[\\p{L}_][\\p{L}\\p{N}_ .]*';
const paths = new RegExp(`^(?:not\\s*\\(\\s*(${path}(?:,\\s*${path})*)\\)|(${path}(?:,\\s*${path})*))$`, 'u');

/**
 * A cell of names alone, asked about a boolean. feelin takes the boolean that a name stands for as the answer; the
 * standard compares it with the input.
 */
function namesOnly(text: string): ((input: boolean, context: Scope) => boolean) | null {
  const [, negated, plain] = paths.exec(text) ?? [];
  const names = negated ?? plain;
  if (!names || /^(?:true|false|null)$/.test(names)) return null;
  return (input, context) => {
    const values: unknown = evaluate(`[${names}]`, context).value;
    const found = Array.isArray(values) && values.flat().includes(input);
    return negated === undefined ? found : !found;
  };
}

function valid(value: unknown): unknown {
  if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) return null;
  return value;
}
