import type { Ajv, ErrorObject } from 'ajv';

/** Tells where a document does not fit; nothing when it fits. */
export type CheckDocument = (value: unknown) => { message: string; pointer: string }[];

const options = { allErrors: true, strict: false, logger: false } as const;

/** Compiles a JSON Schema: 2020-12, or draft-07 where it says so. Throws when it is none of these. */
export async function compileSchema(schema: unknown): Promise<CheckDocument> {
  const ajv = await ajvFor(dialectOf(schema));
  const { default: addFormats } = await import('ajv-formats');
  (addFormats as unknown as (ajv: object) => void)(ajv);
  const validate = ajv.compile(schema as object);
  // Such a schema answers with a promise, which would pass for true.
  if ('$async' in validate) throw new Error('The schema is asynchronous ($async), which is not JSON Schema.');
  return (value) => (validate(value) ? [] : (validate.errors ?? []).map(word));
}

/** Loaded at the first use: without a schema there is nothing to compile. */
async function ajvFor(dialect: string): Promise<Ajv> {
  if (/^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/.test(dialect)) {
    return new (await import('ajv/dist/2020.js')).Ajv2020(options);
  }
  if (/^https?:\/\/json-schema\.org\/draft-07\/schema#?$/.test(dialect)) return new (await import('ajv')).Ajv(options);
  throw new Error(`The schema is written in ${dialect}; known are 2020-12 and draft-07.`);
}

function dialectOf(schema: unknown): string {
  const named = typeof schema === 'object' && schema !== null && '$schema' in schema ? schema.$schema : undefined;
  return named === undefined ? 'https://json-schema.org/draft/2020-12/schema' : String(named);
}

function word({ instancePath, message, params }: ErrorObject) {
  const details = params.additionalProperty ?? params.allowedValues?.join(', ') ?? params.allowedValue;
  const ending = details === undefined ? '' : `: ${details}`;
  return { message: `It ${message}${ending}.`, pointer: instancePath };
}
