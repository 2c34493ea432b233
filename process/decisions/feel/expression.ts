// FEEL, compiled from text to functions of a scope. feelin parses and evaluates; what it does differently from the
// standard is put right here and in the files beside this one. Errors and numbers that are none are null, as in FEEL.
import { evaluate } from 'feelin';
import type { Scope } from './exchange-names.ts';
import { type Kept, keptFunctions } from './kept-function.ts';
import { isLiteral, literalsIn } from './literal-tests.ts';
import { ownFunctionsIn, type Prepared } from './own-functions.ts';

export type { Scope };
export type Evaluate = (scope: Scope) => unknown;

/** An expression. */
export function compileExpression(text: string): Evaluate {
  const [literal, ...more] = literalsIn(text) ?? [];
  if (literal !== undefined && more.length === 0 && isLiteral(text)) return () => literal;
  const prepare = ownFunctionsIn(text, 'expression');
  const keptFor = newKept();
  return (scope) => {
    try {
      const prepared = prepare(scope);
      const kept = keptFor(prepared, scope);
      return valid(kept ? kept(scope) : evaluate(prepared.source, { ...prepared.functions, ...scope }).value);
    } catch {
      return null;
    }
  };
}

/** An expression over the input of a cell, which it calls `inputName`; undefined where it cannot be parsed once. */
export function compileOverInput(whole: string): (input: unknown, scope: Scope) => unknown {
  const prepare = ownFunctionsIn(whole, 'expression');
  const keptFor = newKept();
  return (input, scope) => {
    try {
      return keptFor(prepare(scope, input), scope, input)?.(scope, input);
    } catch {
      return undefined;
    }
  };
}

/** Where what is read differs from scope to scope, so do the functions. */
function newKept(): (prepared: Prepared, scope: Scope, input?: unknown) => Kept | null {
  const known = new Map<Prepared, ReturnType<typeof keptFunctions>>();
  return (prepared, scope, input) => {
    let functions = known.get(prepared);
    if (!functions) known.set(prepared, (functions = keptFunctions(prepared)));
    return functions(scope, input);
  };
}

function valid(value: unknown): unknown {
  if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) return null;
  return value;
}
