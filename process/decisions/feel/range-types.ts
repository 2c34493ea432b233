// `instance of range<number>`, whose type feelin's grammar does not know. It asks a variable of the type's name, as
// JavaScript's `instanceof` does: so the type is exchanged for the name of such a variable.
import { FeelRange } from 'feelin';
import { type TypeName, typeNameOf } from './values.ts';

const types: readonly TypeName[] = [
  ...(['number', 'string', 'date', 'time', 'date and time'] as const),
  ...(['years and months duration', 'days and time duration'] as const),
];
const nameOf = (type: string): string => `own_range_of_${type.replaceAll(' ', '_')}`;
const instanceOfRange = new RegExp(`\\b(instance\\s+of\\s+)range\\s*<\\s*(${types.join('|')})\\s*>`, 'g');

/** `text` with names in the place of the types of ranges. */
export function exchangeRangeTypes(text: string): string {
  return text.replace(instanceOfRange, (_, instanceOf: string, type: string) => instanceOf + nameOf(type));
}

/** What those names stand for. */
export const rangeTypes: Readonly<Record<string, object>> = Object.fromEntries(
  types.map((type) => [nameOf(type), rangesOf(type)]),
);

function rangesOf(type: TypeName): object {
  return Object.defineProperty(() => undefined, Symbol.hasInstance, {
    value: (value: unknown) => {
      if (!(value instanceof FeelRange)) return false;
      const { start, end } = value as { start?: unknown; end?: unknown };
      return [start ?? end, end ?? start].every((bound) => typeNameOf(bound) === type);
    },
  });
}
