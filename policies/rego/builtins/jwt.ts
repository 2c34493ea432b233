// Signed tokens (RFC 7519): decoded, verified, signed.
import { createHmac, sign, timingSafeEqual, verify } from 'node:crypto';
import { type Builtin, type BuiltinContext, type Builtins, failed, objectAt, pure, stringAt } from '../builtin.ts';
import { jsonText } from '../value-text.ts';
import { isNumber, RegoObject, type Value } from '../values.ts';
import { parseJson } from './encoding.ts';
import { algorithms, keysOf, signingKey } from './jwt-keys.ts';

interface Token {
  readonly header: RegoObject;
  readonly payload: string;
  readonly signature: Buffer;
  readonly signed: string;
}

const maxNesting = 10;

function section(text: string, name: string): Buffer {
  const bare = text.replace(/=+$/, '');
  const wrong = bare.search(/[^A-Za-z0-9_-]/);
  if (wrong >= 0) throw failed(`JWT ${name} had invalid encoding: illegal base64 data at input byte ${wrong}`);
  return Buffer.from(bare, 'base64url');
}

function split(text: string, context: BuiltinContext): Token {
  const parts = text.split('.');
  if (parts.length !== 3) throw failed(`encoded JWT must have 3 sections, found ${parts.length}`);
  const [header, payload, signature] = parts as [string, string, string];
  const read = parseJson(section(header, 'header').toString(), context);
  if (!(read instanceof RegoObject)) throw failed('JWT header is no object');
  if (read.has('enc')) throw failed('JWT is a JWE object, which is not supported');
  return {
    header: read,
    payload: section(payload, 'payload').toString(),
    signature: section(signature, 'signature'),
    signed: `${header}.${payload}`,
  };
}

/** The innermost token: a payload may be a token itself. */
function* nested(text: string, context: BuiltinContext): Iterable<Token> {
  let next: string | undefined = text;
  for (let depth = 0; next !== undefined; depth++) {
    if (depth > maxNesting) throw failed('JWT nested too deep');
    const token: Token = split(next, context);
    yield token;
    const isNested = String(token.header.get('cty') ?? '').toUpperCase() === 'JWT';
    next = isNested ? token.payload.replace(/^"(.*)"$/s, '$1') : undefined;
  }
}

function claims({ payload }: Token, context: BuiltinContext): Value {
  return parseJson(payload, context);
}

function isSigned(token: Token, algorithm: string, keys: ReturnType<typeof keysOf>): boolean {
  const known = algorithms[algorithm];
  if (!known) return false;
  return keys.some((key) => {
    if (key.algorithm !== undefined && key.algorithm !== algorithm) return false;
    try {
      return verify(known.hash ?? null, Buffer.from(token.signed), { key: key.key, ...known.options }, token.signature);
    } catch {
      return false;
    }
  });
}

function isAuthentic(token: Token, hash: string, secret: string | Buffer): boolean {
  const expected = createHmac(hash, secret).update(token.signed).digest();
  return expected.length === token.signature.length && timingSafeEqual(expected, token.signature);
}

function verifier(algorithm: string): Builtin {
  return pure(2, (args, context) => {
    const token = split(stringAt(args, 1), context);
    return isSigned(token, algorithm, keysOf(stringAt(args, 2)));
  });
}

function authenticator(hash: string): Builtin {
  return pure(2, (args, context) => isAuthentic(split(stringAt(args, 1), context), hash, stringAt(args, 2)));
}

const constraintNames = ['cert', 'secret', 'alg', 'iss', 'aud', 'time'];

function decodeVerify(args: readonly Value[], context: BuiltinContext): Value {
  const constraints = objectAt(args, 2);
  const unknown = constraints.keys().find((key) => !constraintNames.includes(key as string));
  if (unknown !== undefined) throw failed(`unknown token validation constraint: ${String(unknown)}`);
  const text = (name: string) => constraints.get(name) as string | undefined;
  const [certificate, secret] = [text('cert'), text('secret')];
  if ((certificate === undefined) === (secret === undefined)) throw failed('verification takes one of cert and secret');
  const refused: Value = [false, new RegoObject(), new RegoObject()];
  let last: Token | undefined;
  for (const token of nested(stringAt(args, 1), context)) {
    // An extension that has to be understood (RFC 7515, 4.1.11), and none is here.
    if (token.header.get('crit') !== undefined) return refused;
    const algorithm = token.header.get('alg');
    if (typeof algorithm !== 'string' || (text('alg') !== undefined && text('alg') !== algorithm)) return refused;
    const hash = /^HS(\d+)$/.exec(algorithm)?.[1];
    const isGood = hash
      ? secret !== undefined && isAuthentic(token, `sha${hash}`, secret)
      : certificate !== undefined && isSigned(token, algorithm, keysOf(certificate, token.header.get('kid')));
    if (!isGood) return refused;
    last = token;
  }
  const { header } = last as Token;
  const payload = claims(last as Token, context);
  if (!(payload instanceof RegoObject)) throw failed('JWT payload is no object');
  return isAcceptable(payload, constraints, context) ? [true, header, payload] : refused;
}

function isAcceptable(payload: RegoObject, constraints: RegoObject, context: BuiltinContext): boolean {
  const [issuer, audience] = [constraints.get('iss'), constraints.get('aud')];
  if (issuer !== undefined && payload.get('iss') !== issuer) return false;
  const given = payload.get('aud');
  if ((given === undefined) !== (audience === undefined)) return false;
  if (given !== undefined && given !== audience && !(Array.isArray(given) && given.includes(audience))) return false;
  const time = constraints.get('time');
  if (time !== undefined && !isNumber(time)) throw failed('token time constraint: must be number');
  const seconds = Number(time ?? context.now()) / 1e9;
  const moment = (name: string) => {
    const value = payload.get(name);
    if (value !== undefined && !isNumber(value)) throw failed(`${name} value must be a number`);
    return value === undefined ? undefined : Number(value);
  };
  const [expires, begins] = [moment('exp'), moment('nbf')];
  return (expires === undefined || seconds < expires) && (begins === undefined || seconds >= begins);
}

function signed(header: string, payload: string, key: string, context: BuiltinContext): Value {
  if (header.trim() === '')
    throw failed("missing or invalid 'alg' header: cannot parse JSON: cannot parse empty string");
  const read = parseJson(header, context);
  if (!(read instanceof RegoObject)) throw failed('JWT header is no object');
  const algorithm = read.get('alg');
  if (typeof algorithm !== 'string') throw failed("missing or invalid 'alg' header");
  const type = read.get('typ');
  if ((type === undefined || type === 'JWT') && !isJson(payload, context))
    throw failed('type is JWT but payload is not JSON');
  const content = `${Buffer.from(header).toString('base64url')}.${Buffer.from(payload).toString('base64url')}`;
  const secret = parseJson(key, context);
  if (!(secret instanceof RegoObject)) throw failed('the key is no JWK');
  const hash = /^HS(\d+)$/.exec(algorithm)?.[1];
  const known = algorithms[algorithm];
  if (!hash && !known) throw failed(`unknown JWS algorithm: ${algorithm}`);
  const signature = hash
    ? createHmac(`sha${hash}`, Buffer.from(String(secret.get('k') ?? ''), 'base64url'))
        .update(content)
        .digest()
    : sign(known!.hash ?? null, Buffer.from(content), { key: signingKey(secret), ...known!.options });
  return `${content}.${signature.toString('base64url')}`;
}

function isJson(text: string, context: BuiltinContext): boolean {
  if (text === '') return false;
  try {
    parseJson(text, context);
    return true;
  } catch {
    return false;
  }
}

export const jwt: Builtins = {
  'io.jwt.decode': pure(1, (args, context) => {
    const last = [...nested(stringAt(args, 1), context)].at(-1) as Token;
    return [last.header, claims(last, context), last.signature.toString('hex')];
  }),
  'io.jwt.decode_verify': { arity: 2, isImpure: true, run: decodeVerify },
  ...Object.fromEntries(Object.keys(algorithms).map((name) => [`io.jwt.verify_${name.toLowerCase()}`, verifier(name)])),
  ...Object.fromEntries(['256', '384', '512'].map((size) => [`io.jwt.verify_hs${size}`, authenticator(`sha${size}`)])),
  'io.jwt.encode_sign': pure(3, (args, context) =>
    signed(jsonText(objectAt(args, 1)), jsonText(objectAt(args, 2)), jsonText(objectAt(args, 3)), context),
  ),
  'io.jwt.encode_sign_raw': pure(3, (args, context) =>
    signed(stringAt(args, 1), stringAt(args, 2), stringAt(args, 3), context),
  ),
};
