import type { Ajv, ErrorObject, Options } from 'ajv';

/** Tells where a document does not fit; nothing when it fits. */
export type CheckDocument = (value: unknown) => { message: string; pointer: string }[];

const options = { allErrors: true, strict: false, logger: false } as const;

type DialectName = '2020-12' | 'draft-07';
type NewAjv = (more: Options) => Ajv;

interface Dialect {
  /** Knows the schema of schemas, whose compiling costs more than that of most schemas. */
  readonly checker: Ajv;
  readonly make: NewAjv;
}

const dialects = new Map<DialectName, Promise<Dialect>>();

/** Compiles a JSON Schema: 2020-12, or draft-07 where it says so. Throws when it is none of these. */
export async function compileSchema(schema: unknown): Promise<CheckDocument> {
  const { checker, make } = await dialectNamed(dialectOf(schema));
  checker.validateSchema(schema as object, true);
  // What a schema calls itself and its parts ends with the call.
  const ajv = make({ validateSchema: false });
  const { default: addFormats } = await import('ajv-formats');
  (addFormats as unknown as (ajv: object) => void)(ajv);
  const validate = ajv.compile(schema as object);
  // Such a schema answers with a promise, which would pass for true.
  if ('$async' in validate) throw new Error('The schema is asynchronous ($async), which is not JSON Schema.');
  return (value) => (validate(value) ? [] : (validate.errors ?? []).map(word));
}

function dialectNamed(name: DialectName): Promise<Dialect> {
  let dialect = dialects.get(name);
  if (!dialect) dialects.set(name, (dialect = newAjvFor(name).then((make) => ({ checker: make({}), make }))));
  return dialect;
}

/** Loaded at the first use: without a schema there is nothing to compile. */
async function newAjvFor(dialect: DialectName): Promise<NewAjv> {
  if (dialect === '2020-12') {
    const { Ajv2020 } = await import('ajv/dist/2020.js');
    return (more) => new Ajv2020({ ...options, ...more });
  }
  const { Ajv } = await import('ajv');
  return (more) => new Ajv({ ...options, ...more });
}

function dialectOf(schema: unknown): DialectName {
  const named = typeof schema === 'object' && schema !== null && '$schema' in schema ? schema.$schema : undefined;
  if (named === undefined) return '2020-12';
  if (!/^https?:\/\/json-schema\.org\/(?:draft\/2020-12|draft-07)\/schema#?$/.test(String(named)))
    throw new Error(`The schema is written in ${String(named)}; known are 2020-12 and draft-07.`);
  return String(named).includes('2020-12') ? '2020-12' : 'draft-07';
}

function word({ instancePath, message, params }: ErrorObject) {
  const details = params.additionalProperty ?? params.allowedValues?.join(', ') ?? params.allowedValue;
  const ending = details === undefined ? '' : `: ${details}`;
  return { message: `It ${message}${ending}.`, pointer: instancePath };
}
