// Boxed expressions as functions of a scope. What cannot be said is null, as FEEL has it.
import { FeelFunction, isFunction } from 'feelin';
import { compileTable } from './compile-table.ts';
import { compileExpression, type Evaluate, type Scope } from './feel/expression.ts';
import { typeNameOf } from './feel/values.ts';
import { anyType, conform, type ItemType, type Types } from './item-types.ts';
import type { Expression, Item } from './model.ts';

/** `expression` as a function of the scope; its value is of its declared type, or null. */
export function compileBoxed(expression: Expression, types: Types): Evaluate {
  const evaluate = compileKind(expression, types);
  const type = types(expression.type);
  return type === anyType ? evaluate : (scope) => conform(evaluate(scope), type);
}

function compileKind(expression: Expression, types: Types): Evaluate {
  const compile = (part: Expression): Evaluate => compileBoxed(part, types);
  switch (expression.kind) {
    case 'literal':
      return withTypes(expression.text, compileExpression(expression.text), types);
    case 'table': {
      const table = compileTable(expression.table, types);
      return (scope) => {
        try {
          return table.decideNow(table.inputsOf(scope), scope).output;
        } catch {
          return null; // Its rules clash.
        }
      };
    }
    case 'context':
      return contextOf(expression, types, compile);
    case 'invocation': {
      const called = compile(expression.called);
      const bindings = expression.bindings.map(({ name, value }) => [name, compile(value)] as const);
      return (scope) => {
        const target = called(scope);
        if (!isFunction(target)) return null;
        const named = Object.fromEntries(bindings.map(([name, value]) => [name, value(scope)]));
        return invoke(target as FeelFunction, named);
      };
    }
    case 'function': {
      const body = expression.body && compile(expression.body);
      return (scope) => body && newFunction(expression.parameters, types, (named) => body({ ...scope, ...named }));
    }
    case 'list': {
      const items = expression.items.map(compile);
      return (scope) => items.map((item) => item(scope));
    }
    case 'relation': {
      const rows = expression.rows.map((row) => row.map(compile));
      return (scope) =>
        rows.map((row) =>
          Object.fromEntries(expression.columns.map((name, column) => [name, row[column]?.(scope) ?? null])),
        );
    }
    case 'conditional': {
      const [condition, then, otherwise] = [expression.if, expression.then, expression.else].map(compile) as [
        Evaluate,
        Evaluate,
        Evaluate,
      ];
      return (scope) => {
        const holds = condition(scope);
        if (typeof holds !== 'boolean') return null;
        return holds ? then(scope) : otherwise(scope);
      };
    }
    case 'for':
    case 'some':
    case 'every':
      return iterationOf(expression.kind, expression.variable, compile(expression.in), compile(expression.each));
    case 'filter':
      return filterOf(compile(expression.in), compile(expression.match));
  }
}

/** `x instance of tOwn`: feelin asks a variable of that name, as `instanceof` does. */
function withTypes(text: string, evaluate: Evaluate, types: Types): Evaluate {
  if (!/\binstance\s+of\b/.test(text)) return evaluate;
  const named = types.own.filter((name) => text.includes(name));
  const classes = Object.fromEntries(named.map((name) => [name, classOf(types(name))]));
  return named.length === 0 ? evaluate : (scope) => evaluate({ ...classes, ...scope });
}

function classOf(type: ItemType): object {
  return Object.defineProperty(() => undefined, Symbol.hasInstance, {
    value: (value: unknown) => value !== null && value !== undefined && type.accepts(value),
  });
}

function contextOf(
  { entries }: Extract<Expression, { kind: 'context' }>,
  types: Types,
  compile: (part: Expression) => Evaluate,
): Evaluate {
  const parts = entries.map(({ variable, value }) => ({
    name: variable?.name ?? null,
    type: types(variable?.type ?? 'Any'),
    value: compile(value),
  }));
  return (scope) => {
    const known: Record<string, unknown> = { ...scope };
    const context: Record<string, unknown> = {};
    for (const { name, type, value } of parts) {
      const result = conform(value(known), type);
      if (name === null) return result;
      known[name] = result;
      context[name] = result;
    }
    return context;
  };
}

function iterationOf(kind: 'for' | 'some' | 'every', variable: string, list: Evaluate, each: Evaluate): Evaluate {
  return (scope) => {
    const items = list(scope);
    if (!Array.isArray(items)) return null;
    const results: unknown[] = [];
    for (const item of items) results.push(each({ ...scope, [variable]: item, partial: results }));
    if (kind === 'for') return results;
    if (results.some((result) => typeof result !== 'boolean')) return null;
    return kind === 'some' ? results.includes(true) : !results.includes(false);
  };
}

function filterOf(list: Evaluate, match: Evaluate): Evaluate {
  return (scope) => {
    const value = list(scope);
    if (value === null) return null;
    const items = Array.isArray(value) ? value : [value];
    const place = match(scope);
    if (typeof place === 'number') return items[place < 0 ? items.length + place : place - 1] ?? null;
    const matches = items.map((item) => {
      const fields = typeNameOf(item) === 'context' ? (item as Scope) : {};
      return match({ ...scope, ...fields, item });
    });
    return matches.some((matched) => matched !== null && typeof matched !== 'boolean')
      ? null
      : items.filter((_, index) => matches[index] === true);
  };
}

/** A FEEL function; it is null where an argument is missing or not of its parameter's type. */
export function newFunction(
  parameters: readonly Item[],
  types: Types,
  body: (named: Record<string, unknown>) => unknown,
): FeelFunction {
  const declared: readonly (readonly [string, ItemType])[] = parameters.map(({ name, type }) => [name, types(type)]);
  return new FeelFunction(
    (...values: unknown[]) => {
      const named: Record<string, unknown> = {};
      for (const [index, [name, type]] of declared.entries()) {
        const value = values[index];
        named[name] = conform(value, type);
        if (value === undefined || (value !== null && named[name] === null)) return null;
      }
      return body(named);
    },
    declared.map(([name]) => name),
  );
}

function invoke(target: FeelFunction, named: Record<string, unknown>): unknown {
  const value = target.invoke(named);
  return value !== null && typeof value === 'object' && typeNameOf(value) === 'unknown' ? null : (value ?? null);
}
