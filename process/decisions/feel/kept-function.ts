// Parses once. feelin parses its text at every evaluation, 20 to 60 µs; but what comes of `function(a, b) a + b` is a
// function whose body has been parsed, and calling it costs a microsecond. So the variables of the scope become parameters.
import { evaluate, FeelFunction } from 'feelin';
import type { Scope } from './exchange-names.ts';
import type { Prepared } from './own-functions.ts';

/** The input of a cell, which FEEL writes `?`. */
export const inputName = 'own_input';

const simpleName = /^[A-Za-z_][A-Za-z0-9_]*$/;
// Not names of parameters: FEEL's own words.
const words = new Set(
  'and between context date duration else every external false for function if in instance item list not null of or partial range return satisfies some then time true years months days'.split(
    ' ',
  ),
);
// What is inside of a value may have names that only the value tells: those are parsed with it.
const looksInside = /\.\s*[\p{L}_`]|[[?]/u;

type Kept = (scope: Scope) => unknown;

/** Functions of one text, by the names of the variables that there were. */
export type KeptFunctions = Map<string, Kept | null>;

/** `source` for a scope with these variables, parsed already; null where it has to be evaluated as text. */
export function keptFunction(known: KeptFunctions, { source, functions }: Prepared, scope: Scope): Kept | null {
  const names = Object.keys(scope);
  const key = `${names.join()} ${source}`;
  let kept = known.get(key);
  if (kept === undefined) known.set(key, (kept = parsed(source, functions, names)));
  return kept;
}

function parsed(source: string, functions: Scope, names: readonly string[]): Kept | null {
  if (looksInside.test(withoutStrings(source))) return null;
  if (!names.every((name) => simpleName.test(name) && !words.has(name))) return null;
  const parameters = names.length === 0 ? 'own_nothing' : names.join(', ');
  try {
    const { value } = evaluate(`function(${parameters}) ${source}`, functions);
    if (!(value instanceof FeelFunction) || value.parameterNames.length !== Math.max(1, names.length)) return null;
    return (scope) => value.invoke(names.map((name) => scope[name] ?? null));
  } catch {
    return null;
  }
}

const stringLiteral = /"(?:[^"\\]|\\.)*"/g;

function withoutStrings(source: string): string {
  return source.replace(stringLiteral, '""');
}

/** A cell as an expression over `own_input`, where it is one: `? > 3`, `> limit`. Null where it may be more. */
export function asExpression(cell: string): string | null {
  const bare = withoutStrings(cell);
  if (/^(?:<=|>=|<|>)/.test(cell)) return bare.includes(',') || bare.includes('?') ? null : `${inputName} ${cell}`;
  if (!bare.includes('?')) return null;
  let rest = cell;
  let result = '';
  for (const literal of cell.match(stringLiteral) ?? []) {
    const place = rest.indexOf(literal);
    result += rest.slice(0, place).replaceAll('?', inputName) + literal;
    rest = rest.slice(place + literal.length);
  }
  return result + rest.replaceAll('?', inputName);
}
