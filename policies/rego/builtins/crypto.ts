import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { type Builtin, type Builtins, pure, stringAt } from '../builtin.ts';
import { fromJson } from '../values.ts';

function hash(name: string): Builtin {
  return pure(1, (args, { budget }) => {
    const text = stringAt(args, 1);
    budget.spend(text.length >> 3);
    return createHash(name).update(text).digest('hex');
  });
}

function hmac(name: string): Builtin {
  return pure(2, (args, { budget }) => {
    const text = stringAt(args, 1);
    budget.spend(text.length >> 3);
    return createHmac(name, stringAt(args, 2)).update(text).digest('hex');
  });
}

const variants = ['Reserved', 'RFC4122', 'Microsoft', 'Future'];

function parsedUuid(text: string) {
  const bare = text.replace(/^urn:uuid:/i, '').replace(/^\{(.*)\}$/, '$1');
  const hex = /^[0-9a-f]{32}$/i.test(bare)
    ? bare
    : /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(bare)
      ? bare.replaceAll('-', '')
      : undefined;
  if (!hex) return undefined;
  const bytes = Buffer.from(hex, 'hex');
  const version = bytes[6]! >> 4;
  const top = bytes[8]! >> 5;
  const variant = variants[top < 4 ? 0 : top < 6 ? 1 : top === 6 ? 2 : 3];
  const timed = version === 1 || version === 2;
  const low = BigInt(bytes.readUInt32BE(0));
  const ticks = (BigInt(bytes.readUInt16BE(6) & 0x0fff) << 48n) | (BigInt(bytes.readUInt16BE(4)) << 32n) | low;
  const domains = ['Person', 'Group', 'Org'];
  return fromJson({
    version,
    variant,
    ...(timed && {
      clocksequence: bytes.readUInt16BE(8) & 0x3fff,
      nodeid: [...bytes.subarray(10)].map((byte) => byte.toString(16).padStart(2, '0')).join('-'),
      macvariables: `${bytes[10]! & 2 ? 'local' : 'global'}:${bytes[10]! & 1 ? 'multicast' : 'unicast'}`,
      time: Number((ticks - 122192928000000000n) * 100n),
    }),
    ...(version === 2 && { id: bytes.readUInt32BE(0), domain: domains[bytes[9]!] ?? `Domain${bytes[9]}` }),
  });
}

export const crypto: Builtins = {
  'crypto.md5': hash('md5'),
  'crypto.sha1': hash('sha1'),
  'crypto.sha256': hash('sha256'),
  'crypto.hmac.md5': hmac('md5'),
  'crypto.hmac.sha1': hmac('sha1'),
  'crypto.hmac.sha256': hmac('sha256'),
  'crypto.hmac.sha512': hmac('sha512'),
  'crypto.hmac.equal': pure(2, (args) => {
    const [a, b] = [Buffer.from(stringAt(args, 1)), Buffer.from(stringAt(args, 2))];
    return a.length === b.length && timingSafeEqual(a, b);
  }),
  'uuid.parse': pure(1, (args) => parsedUuid(stringAt(args, 1))),
  'uuid.rfc4122': {
    arity: 1,
    isImpure: true,
    run(args, { kept }) {
      const key = `uuid ${stringAt(args, 1)}`;
      if (!kept.has(key)) kept.set(key, randomUUID());
      return kept.get(key);
    },
  },
};
