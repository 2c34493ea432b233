// TypeScript types for the schemas of a spec, as an author would write them.

type Schema = Readonly<Record<string, unknown>>;

/** The type of the values that fit `schema`; `unknown` where the schema says it in a way that types have no words for. */
export function typeOfSchema(schema: unknown): string {
  if (typeof schema !== 'object' || schema === null) return 'unknown';
  const { const: only, enum: some, oneOf, anyOf, type, items } = schema as Schema;
  if (only !== undefined) return JSON.stringify(only);
  if (Array.isArray(some)) return either(some.map((value) => JSON.stringify(value)));
  const branches = oneOf ?? anyOf;
  if (Array.isArray(branches)) return either(branches.map(typeOfSchema));
  if (Array.isArray(type)) return either(type.map((one) => typeOfSchema({ ...schema, type: one })));
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return arrayOf(typeOfSchema(items));
    case 'object':
      return objectType(schema as Schema);
    default:
      return 'unknown';
  }
}

function objectType({ properties = {}, required = [], additionalProperties }: Schema): string {
  const members = Object.entries(properties as Schema).map(([name, schema]) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    return `readonly ${key}${(required as string[]).includes(name) ? '' : '?'}: ${typeOfSchema(schema)}`;
  });
  if (additionalProperties !== false) members.push('readonly [key: string]: unknown');
  return members.length === 0 ? 'Record<string, never>' : `{ ${members.join('; ')} }`;
}

function arrayOf(type: string): string {
  return `readonly ${/^\w+$/.test(type) ? type : `(${type})`}[]`;
}

function either(types: readonly string[]): string {
  return [...new Set(types)].join(' | ');
}
