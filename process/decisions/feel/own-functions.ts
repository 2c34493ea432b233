// Functions of FEEL that feelin lacks or does differently from the standard. They are handed over as variables, which
// come before feelin's own; where its grammar fixes a name, the name is exchanged in the text first.
import { FeelFunction, parseExpression, parseUnaryTests } from 'feelin';
import { intervalFunctions } from './intervals.ts';
import { listFunctions } from './lists.ts';
import { numberFunctions } from './numbers.ts';
import type { OwnFunction } from './own-function.ts';
import { stringFunctions } from './strings.ts';
import { temporalFunctions } from './temporal.ts';

const own: Readonly<Record<string, OwnFunction>> = {
  ...intervalFunctions,
  ...listFunctions,
  ...numberFunctions,
  ...stringFunctions,
  ...temporalFunctions,
};
const functions = Object.fromEntries(
  Object.entries(own).map(([name, [parameters, call]]) => [name, new FeelFunction(call, [...parameters])]),
);

/** Names that feelin's grammar keeps for itself, and what they are called here instead. */
const exchanged: Readonly<Record<string, string>> = {
  date: 'own date',
  time: 'own time',
  'date and time': 'own date time',
  'years and months duration': 'own months between',
};
const fixedNodes: readonly string[] = ['DateTimeConstructor', 'SpecialFunctionName'];

/** `text` as feelin is to read it, and the functions to hand over with it: those that it may call, and no others. */
export function ownFunctionsIn(
  text: string,
  kind: 'expression' | 'tests',
): { readonly source: string; readonly functions: Readonly<Record<string, FeelFunction>> } {
  const source = exchangeNames(text, kind);
  const called = Object.entries(functions).filter(([name]) => source.includes(name));
  return { source, functions: Object.fromEntries(called) };
}

function exchangeNames(text: string, kind: 'expression' | 'tests'): string {
  if (!/date|time|years|@/.test(text)) return text;
  const changes: { from: number; to: number; text: string }[] = [];
  const tree = (kind === 'tests' ? parseUnaryTests : parseExpression)(text, {}, undefined);
  tree.iterate({
    enter({ name, from, to }) {
      const found = text.slice(from, to).replace(/\s+/g, ' ');
      if (fixedNodes.includes(name) && exchanged[found]) changes.push({ from, to, text: exchanged[found] });
      // `@"-2020-01-01"`: years that do not have four digits.
      if (name === 'AtLiteral' && /^@"(?:-\d{4,}-|\d{5,}-|.*[+-]\d\d:\d\d)/.test(found))
        changes.push({ from, to, text: `own literal(${found.slice(1)})` });
    },
  });
  return changes.reduceRight(
    (result, change) => result.slice(0, change.from) + change.text + result.slice(change.to),
    text,
  );
}
