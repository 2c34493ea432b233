import { parseDocument, stringify } from 'yaml';
import { type BuiltinContext, type Builtins, failed, mistyped, objectAt, pure, stringAt } from '../builtin.ts';
import { RegoError } from '../rego-error.ts';
import { jsonText, toJson } from '../value-text.ts';
import { fromJson, parseNumber, RegoObject, RegoSet, type Value } from '../values.ts';

/** JSON text to a value, integers in full. Throws eval_builtin_error. */
export function parseJson(text: string, context: Pick<BuiltinContext, 'budget'>): Value {
  context.budget.make(text.length >> 1);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text, (_key, value, source?: { source?: string }) => {
      const whole =
        typeof value === 'number' && !Number.isSafeInteger(value) ? parseNumber(source?.source ?? '') : undefined;
      return typeof whole === 'bigint' ? whole : value;
    });
  } catch (error) {
    throw failed((error as Error).message);
  }
  return fromJson(parsed);
}

function parseYaml(text: string, { budget }: BuiltinContext): Value {
  budget.make(text.length);
  const document = parseDocument(text, { merge: true });
  if (document.errors[0]) throw failed(document.errors[0].message);
  try {
    return fromJson(document.toJS({ maxAliasCount: 100 }));
  } catch (error) {
    throw failed((error as Error).message);
  }
}

function isValid(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'eval_budget_error') throw error;
    return false;
  }
}

/** Go's JSON writes these so, that it can stand in a page. */
function escapedForHtml(json: string): string {
  return json.replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function fromBase64(text: string, url: boolean): Buffer {
  const bare = url ? text.replace(/=+$/, '') : text;
  const alphabet = url ? /^[A-Za-z0-9_-]*$/ : /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
  const clean = bare.replace(/[\r\n]/g, '');
  if (!alphabet.test(clean) || (url && clean.length % 4 === 1)) {
    const at = clean.search(url ? /[^A-Za-z0-9_-]/ : /[^A-Za-z0-9+/]/);
    throw failed(`illegal base64 data at input byte ${at < 0 ? clean.length - (clean.length % 4 || 0) : at}`);
  }
  return Buffer.from(clean, url ? 'base64url' : 'base64');
}

function indented(value: Value, prefix: string, indent: string): string {
  const text = JSON.stringify(JSON.parse(jsonText(value)), null, indent || undefined) as string;
  return prefix
    ? text
        .split('\n')
        .map((line, index) => (index === 0 ? line : prefix + line))
        .join('\n')
    : text;
}

/** As Go's url.QueryEscape. */
function queryEscaped(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

function queryUnescaped(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw failed(`invalid URL escape in ${JSON.stringify(text.slice(0, 40))}`);
  }
}

function encodedObject(object: RegoObject): string {
  return object
    .sorted()
    .flatMap(([key, value]) => {
      if (typeof key !== 'string') throw mistyped(1, 'object with string keys', key);
      const values = typeof value === 'string' ? [value] : value instanceof RegoSet ? value.sorted() : value;
      if (!Array.isArray(values) || values.some((item) => typeof item !== 'string'))
        throw mistyped(1, 'object with values of type string, array[string] or set[string]', value);
      return (values as string[]).map((item) => `${queryEscaped(key)}=${queryEscaped(item)}`);
    })
    .join('&');
}

function decodedObject(text: string): Value {
  const values = new Map<string, string[]>();
  for (const pair of text.split('&').filter((part) => part !== '')) {
    if (pair.includes(';')) throw failed('invalid semicolon separator in query');
    const [, key, value] = /^([^=]*)=?(.*)$/s.exec(pair) as unknown as [string, string, string];
    const name = queryUnescaped(key);
    values.set(name, [...(values.get(name) ?? []), queryUnescaped(value)]);
  }
  return new RegoObject(values);
}

export const encoding: Builtins = {
  'json.marshal': pure(1, ([value], { budget }) => {
    const text = escapedForHtml(jsonText(value as Value));
    budget.make(text.length);
    return text;
  }),
  'json.marshal_with_options': pure(2, (args, { budget }) => {
    const options = objectAt(args, 2);
    const unknown = options.keys().find((key) => !['prefix', 'indent', 'pretty'].includes(key as string));
    if (unknown !== undefined)
      throw new RegoError('eval_type_error', `object contained unknown key ${JSON.stringify(unknown)}`);
    const pretty = options.get('pretty') ?? (options.has('prefix') || options.has('indent'));
    const prefix = (options.get('prefix') ?? '') as string;
    const text = pretty
      ? indented(args[0] as Value, prefix, (options.get('indent') ?? '\t') as string)
      : jsonText(args[0] as Value);
    budget.make(text.length);
    return pretty ? prefix + text : text;
  }),
  'json.unmarshal': pure(1, (args, context) => parseJson(stringAt(args, 1), context)),
  'json.is_valid': pure(1, ([text], context) => typeof text === 'string' && isValid(() => parseJson(text, context))),
  'yaml.marshal': pure(1, ([value], { budget }) => {
    const text = stringify(toJson(value as Value), { lineWidth: 0, indentSeq: false });
    budget.make(text.length);
    return text;
  }),
  'yaml.unmarshal': pure(1, (args, context) => parseYaml(stringAt(args, 1), context)),
  'yaml.is_valid': pure(1, ([text], context) => typeof text === 'string' && isValid(() => parseYaml(text, context))),
  'base64.encode': pure(1, (args) => Buffer.from(stringAt(args, 1)).toString('base64')),
  'base64.decode': pure(1, (args) => fromBase64(stringAt(args, 1), false).toString()),
  'base64.is_valid': pure(1, ([text]) => typeof text === 'string' && isValid(() => fromBase64(text, false))),
  'base64url.encode': pure(1, (args) => {
    const text = Buffer.from(stringAt(args, 1)).toString('base64url');
    return text + '='.repeat((4 - (text.length % 4)) % 4);
  }),
  'base64url.encode_no_pad': pure(1, (args) => Buffer.from(stringAt(args, 1)).toString('base64url')),
  'base64url.decode': pure(1, (args) => fromBase64(stringAt(args, 1), true).toString()),
  'hex.encode': pure(1, (args) => Buffer.from(stringAt(args, 1)).toString('hex')),
  'hex.decode': pure(1, (args) => {
    const text = stringAt(args, 1);
    const wrong = /[^0-9a-fA-F]/.exec(text)?.[0];
    if (wrong)
      throw failed(`invalid byte: U+${wrong.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${wrong}'`);
    if (text.length % 2) throw failed('odd length hex string');
    return Buffer.from(text, 'hex').toString();
  }),
  'urlquery.encode': pure(1, (args) => queryEscaped(stringAt(args, 1))),
  'urlquery.decode': pure(1, (args) => queryUnescaped(stringAt(args, 1))),
  'urlquery.encode_object': pure(1, (args) => encodedObject(objectAt(args, 1))),
  'urlquery.decode_object': pure(1, (args) => decodedObject(stringAt(args, 1))),
};
