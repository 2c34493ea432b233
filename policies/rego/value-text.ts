// Values as JSON, and as text: JSON's and Rego's own.
import { RegoObject, RegoSet, type Value } from './values.ts';

/** As JSON holds it: sets become arrays in order, keys that are no strings their JSON text. */
export function toJson(value: Value): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof RegoSet) return value.sorted().map(toJson);
  if (value instanceof RegoObject)
    return Object.fromEntries(
      value.sorted().map(([key, item]) => [typeof key === 'string' ? key : jsonText(key), toJson(item)]),
    );
  return (value as readonly Value[]).map(toJson);
}

/** JSON text, keys sorted, big integers in full. */
export function jsonText(value: Value): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return numberText(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (value instanceof RegoSet) return `[${value.sorted().map(jsonText).join()}]`;
  if (value instanceof RegoObject)
    return `{${value
      .sorted()
      .map(([key, item]) => `${JSON.stringify(typeof key === 'string' ? key : jsonText(key))}:${jsonText(item)}`)
      .join()}}`;
  return `[${(value as readonly Value[]).map(jsonText).join()}]`;
}

/** A number as Go's JSON writes it. */
export function numberText(value: number | bigint): string {
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}

/** A value as Rego text. */
export function regoText(value: Value): string {
  if (typeof value === 'number') return numberText(value);
  if (value === null || typeof value !== 'object')
    return typeof value === 'string' ? JSON.stringify(value) : String(value);
  if (value instanceof RegoSet) return value.size === 0 ? 'set()' : `{${value.sorted().map(regoText).join(', ')}}`;
  if (value instanceof RegoObject)
    return `{${value
      .sorted()
      .map(([key, item]) => `${regoText(key)}: ${regoText(item)}`)
      .join(', ')}}`;
  return `[${(value as readonly Value[]).map(regoText).join(', ')}]`;
}
