// JSON Schema as builtins: is a schema one, and does a document match it. Patterns in it run in linear time too.
import { Ajv, type ErrorObject } from 'ajv';
import { type BuiltinContext, type Builtins, failed, pure } from '../builtin.ts';
import { toJson } from '../value-text.ts';
import { fromJson, RegoObject, typeName, type Value } from '../values.ts';
import { parseJson } from './encoding.ts';
import { compiled } from './regex.ts';

const linear = Object.assign((pattern: string) => ({ test: (text: string) => compiled(pattern).test(text) }), {
  code: 'linear',
});
const types = ['array', 'boolean', 'integer', 'number', 'null', 'object', 'string'];

function documentAt(value: Value, context: BuiltinContext): unknown {
  return toJson(typeof value === 'string' ? parseJson(value, context) : value);
}

function schemaOf(value: Value, context: BuiltinContext): object {
  const schema = documentAt(value, context);
  context.budget.make(JSON.stringify(schema).length);
  if (typeof schema !== 'object' || schema === null) throw failed('a schema is an object');
  refuseUnknownTypes(schema);
  return schema;
}

function refuseUnknownTypes(schema: object): void {
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'type' && typeof value === 'string' && !types.includes(value))
      throw failed(
        `has a primitive type that is NOT VALID -- given: /${value}/ Expected valid values are:[${types.join(' ')}]`,
      );
    if (typeof value === 'object' && value !== null) refuseUnknownTypes(value);
  }
}

function validator(schema: object) {
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    verbose: true,
    validateSchema: false,
    logger: false,
    code: { regExp: linear as never },
  });
  try {
    return ajv.compile(
      Object.fromEntries(
        Object.entries(schema).filter(([name]) => name !== '$schema' && name !== '$id' && name !== 'id'),
      ),
    );
  } catch (error) {
    throw failed((error as Error).message);
  }
}

function described({ instancePath, keyword, params, message = '', data }: ErrorObject): Value {
  const path = instancePath.split('/').slice(1);
  const known = {
    type: 'invalid_type',
    required: 'required',
    enum: 'enum',
    additionalProperties: 'additional_property_not_allowed',
  }[keyword];
  const given = Number.isInteger(data) ? 'integer' : typeName(fromJson(data));
  const text = {
    type: `Invalid type. Expected: ${params.type}, given: ${given}`,
    required: `${params.missingProperty} is required`,
    additionalProperties: `Additional property ${params.additionalProperty} is not allowed`,
  }[keyword];
  const field = path.join('.') || '(root)';
  return fromJson({ desc: text ?? message, error: `${field}: ${text ?? message}`, field, type: known ?? keyword });
}

export const jsonSchema: Builtins = {
  'json.match_schema': pure(2, ([document, schema], context) => {
    const validate = validator(schemaOf(schema as Value, context));
    const isMatch = validate(documentAt(document as Value, context)) as boolean;
    return [isMatch, (validate.errors ?? []).map(described)];
  }),
  'json.verify_schema': pure(1, ([schema], context) => {
    if (typeof schema !== 'string' && !(schema instanceof RegoObject))
      return [false, 'wrong type, expected string or object'];
    try {
      validator(schemaOf(schema, context));
      return [true, null];
    } catch (error) {
      return [false, `jsonschema: ${(error as Error).message.replace(/^\w+: /, '')}`];
    }
  }),
};
