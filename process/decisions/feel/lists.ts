// List functions.
import { FeelFunction } from 'feelin';
import type { OwnFunction } from './own-function.ts';

/** `list replace(list, position, newItem)` and `list replace(list, match, newItem)`. */
function listReplace(given: unknown, position: unknown, newItem: unknown, match: unknown): unknown {
  if (given === null || given === undefined) return null;
  const list = Array.isArray(given) ? given : [given];
  const where = position ?? match;
  if (typeof where === 'number') {
    const whole = Math.trunc(where);
    const index = whole < 0 ? list.length + whole : whole - 1;
    return whole === 0 || index < 0 || index >= list.length ? null : list.with(index, newItem ?? null);
  }
  if (!(where instanceof FeelFunction) || where.parameterNames.length !== 2) return null;
  const replaced = list.map((item) => ({ item, matches: where.invoke([item, newItem]) }));
  if (replaced.some(({ matches }) => typeof matches !== 'boolean')) return null;
  return replaced.map(({ item, matches }) => (matches ? (newItem ?? null) : item));
}

export const listFunctions: Readonly<Record<string, OwnFunction>> = {
  'list replace': [['list', 'position', 'newItem', 'match'], listReplace],
};
