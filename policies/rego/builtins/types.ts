import { type Builtins, mistyped, pure } from '../builtin.ts';
import { RegoSet, typeName, type Value } from '../values.ts';

const kinds: Readonly<Record<string, string>> = {
  is_array: 'array',
  is_boolean: 'boolean',
  is_null: 'null',
  is_number: 'number',
  is_object: 'object',
  is_set: 'set',
  is_string: 'string',
};

function cast(kind: string) {
  return pure(1, ([value]) => {
    if (typeName(value as Value) !== kind) throw mistyped(1, kind, value as Value);
    return value;
  });
}

export const types: Builtins = {
  ...Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => [name, pure(1, ([value]) => typeName(value as Value) === kind)]),
  ),
  type_name: pure(1, ([value]) => typeName(value as Value)),
  cast_boolean: cast('boolean'),
  cast_null: cast('null'),
  cast_object: cast('object'),
  cast_string: cast('string'),
  cast_array: pure(1, ([value]) => {
    if (value instanceof RegoSet) return value.sorted();
    if (!Array.isArray(value)) throw mistyped(1, 'one of {array, set}', value as Value);
    return value as readonly Value[];
  }),
  cast_set: pure(1, ([value]) => {
    if (value instanceof RegoSet) return value;
    if (!Array.isArray(value)) throw mistyped(1, 'one of {array, set}', value as Value);
    return new RegoSet(value as readonly Value[]);
  }),
};
