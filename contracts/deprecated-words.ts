// Words of a contract that a document uses and that are deprecated: still accepted, and on their way out.
import { type Contracts, contractSchema } from './check.ts';

export interface DeprecatedWord {
  /** Where it stands: `errorHandling.retryPolicy`. */
  readonly word: string;
  /** What its description says to do instead. */
  readonly instead: string;
}

type Schema = Readonly<Record<string, unknown>>;

const schemas = new Map<keyof Contracts, Schema>();

/** Those of `document`, which fits the contract `name`. */
export function deprecatedWordsIn<Name extends keyof Contracts>(
  name: Name,
  document: Contracts[Name],
): DeprecatedWord[] {
  const schema = schemas.get(name) ?? contractSchema(name);
  schemas.set(name, schema);
  return deprecatedWords(schema, document);
}

/** Looks below properties, named or not, and items; what stands in branches alone is not looked for. */
export function deprecatedWords(schema: Schema, document: unknown): DeprecatedWord[] {
  return look(schema, document, '');

  function look(part: unknown, value: unknown, at: string): DeprecatedWord[] {
    if (typeof part !== 'object' || part === null || typeof value !== 'object' || value === null) return [];
    const { properties = {}, additionalProperties, items } = followed(part as Schema);
    if (Array.isArray(value)) return value.flatMap((item, index) => look(items, item, `${at}[${index}]`));
    return Object.entries(value).flatMap(([key, inner]) => {
      const known = properties as Record<string, unknown>;
      const below = Object.hasOwn(known, key) ? known[key] : additionalProperties;
      const word = at === '' ? key : `${at}.${key}`;
      const { deprecated, description } = followed((below ?? {}) as Schema);
      return [
        ...(deprecated === true ? [{ word, instead: `${description ?? 'Leave it out.'}` }] : []),
        ...look(below, inner, word),
      ];
    });
  }

  function followed(part: Schema): Schema {
    if (typeof part.$ref !== 'string') return part;
    const { $ref, ...beside } = part;
    const target = $ref
      .split('/')
      .slice(1)
      .reduce<unknown>((at, key) => (at as Schema | undefined)?.[key], schema);
    return { ...followed((target ?? {}) as Schema), ...beside };
  }
}
