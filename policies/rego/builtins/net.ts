import { type Builtins, failed, itemsAt, pure, stringAt } from '../builtin.ts';
import { RegoObject, RegoSet, type Value } from '../values.ts';

interface Range {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
}

function address(text: string): { bits: 32 | 128; value: bigint } | undefined {
  const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (v4)
    return v4.some((byte) => byte > 255)
      ? undefined
      : { bits: 32, value: BigInt(((v4[0]! << 24) | (v4[1]! << 16) | (v4[2]! << 8) | v4[3]!) >>> 0) };
  if (!text.includes(':') || /[^0-9a-fA-F:.]/.test(text)) return undefined;
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const tail = embedded ? address(embedded[2] as string) : undefined;
  if (embedded && tail?.bits !== 32) return undefined;
  const whole =
    embedded && tail
      ? `${embedded[1]}${(tail.value >> 16n).toString(16)}:${(tail.value & 0xffffn).toString(16)}`
      : text;
  const halves = whole.split('::');
  if (halves.length > 2) return undefined;
  const [left, right] = halves.map((half) => (half === '' ? [] : half.split(':'))) as [string[], string[]?];
  const missing = 8 - left.length - (right?.length ?? 0);
  if (
    (right ? missing < 1 : missing !== 0) ||
    [...left, ...(right ?? [])].some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))
  )
    return undefined;
  const groups = [...left, ...new Array<string>(right ? missing : 0).fill('0'), ...(right ?? [])];
  return { bits: 128, value: groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n) };
}

function rangeOf(text: string): Range | undefined {
  const [, host, length] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const found = host === undefined ? undefined : address(host);
  if (!found || Number(length) > found.bits) return undefined;
  const free = BigInt(found.bits - Number(length));
  const first = (found.value >> free) << free;
  return { bits: found.bits, first, last: first + (1n << free) - 1n };
}

function cidr(text: string): Range {
  const range = rangeOf(text);
  if (!range) throw failed(`invalid CIDR address: ${text}`);
  return range;
}

function cidrOrAddress(text: string): Range {
  const alone = address(text);
  return alone ? { bits: alone.bits, first: alone.value, last: alone.value } : cidr(text);
}

function contains(outer: Range, inner: Range): boolean {
  return outer.bits === inner.bits && outer.first <= inner.first && inner.last <= outer.last;
}

function addressText(bits: 32 | 128, value: bigint): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  if (groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff')
    return `::ffff:${addressText(32, value & 0xffffffffn)}`;
  const zeros = [...groups.join(':').matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].sort(
    (a, b) => b[0].length - a[0].length || a.index - b.index,
  )[0];
  if (!zeros) return groups.join(':');
  const text = groups.join(':');
  const [before, after] = [text.slice(0, zeros.index), text.slice(zeros.index + zeros[0].length)];
  return `${before}::${after.replace(/^:/, '')}`;
}

/** The fewest blocks that cover a range. */
function blocks({ bits, first, last }: Range): string[] {
  const found: string[] = [];
  for (let at = first; at <= last; ) {
    let free = 0n;
    while (free < BigInt(bits) && (at & (1n << free)) === 0n && at + (1n << (free + 1n)) - 1n <= last) free++;
    found.push(`${addressText(bits, at)}/${bits - Number(free)}`);
    at += 1n << free;
  }
  return found;
}

/** An address alone counts as its class's network, as in Go. */
function mergeable(text: string): Range {
  const alone = address(text);
  if (!alone) return cidr(text);
  if (alone.bits === 128) throw failed('IPv6 invalid: needs prefix length');
  const top = Number(alone.value >> 24n);
  const length = top < 128 ? 8 : top < 192 ? 16 : top < 224 ? 24 : 32;
  return cidr(`${text}/${length}`);
}

function merged(ranges: readonly Range[]): string[] {
  const sorted = [...ranges].sort((a, b) => a.bits - b.bits || (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const joined: Range[] = [];
  for (const range of sorted) {
    const before = joined.at(-1);
    if (before && before.bits === range.bits && range.first <= before.last + 1n) {
      joined[joined.length - 1] = { ...before, last: range.last > before.last ? range.last : before.last };
    } else joined.push(range);
  }
  return joined.flatMap(blocks);
}

/** What a collection names: its keys or indices, and the address of each. */
function named(value: Value, position: number): (readonly [Value, string])[] {
  if (typeof value === 'string') return [[value, value]];
  if (Array.isArray(value)) return value.map((item: Value, index) => [index, first(item)] as const);
  if (value instanceof RegoSet) return value.sorted().map((item) => [item, first(item)] as const);
  if (value instanceof RegoObject) return value.sorted().map(([key, item]) => [key, first(item)] as const);
  throw failed(`operand ${position} must be one of {string, array, set, object}`);

  function first(item: Value): string {
    const text = Array.isArray(item) ? item[0] : item;
    if (typeof text !== 'string') throw failed(`operand ${position}: element must be string or non-empty array`);
    return text;
  }
}

const intersects = pure(2, (args) => {
  const [a, b] = [cidr(stringAt(args, 1)), cidr(stringAt(args, 2))];
  return a.bits === b.bits && a.first <= b.last && b.first <= a.last;
});
const containsOne = pure(2, (args) => contains(cidr(stringAt(args, 1)), cidrOrAddress(stringAt(args, 2))));

export const net: Builtins = {
  'net.cidr_contains': containsOne,
  'net.cidr_overlap': containsOne,
  'net.cidr_intersects': intersects,
  'net.cidr_is_valid': pure(1, ([text]) => typeof text === 'string' && rangeOf(text) !== undefined),
  'net.cidr_contains_matches': pure(2, (args, { budget }) => {
    const [outers, inners] = [1, 2].map((position) => named(args[position - 1] as Value, position)) as [
      ReturnType<typeof named>,
      ReturnType<typeof named>,
    ];
    budget.spend(outers.length * inners.length);
    const ranges = inners.map(([key, text]) => [key, cidrOrAddress(text)] as const);
    return new RegoSet(
      outers.flatMap(([outerKey, text]) => {
        const outer = cidr(text);
        return ranges.filter(([, inner]) => contains(outer, inner)).map(([innerKey]) => [outerKey, innerKey]);
      }),
    );
  }),
  'net.cidr_expand': pure(1, (args, { budget }) => {
    const { bits, first, last } = cidr(stringAt(args, 1));
    const count = last - first + 1n;
    budget.make(count > 1_000_000_000n ? 1_000_000_000 : Number(count));
    return new RegoSet(Array.from({ length: Number(count) }, (_, index) => addressText(bits, first + BigInt(index))));
  }),
  'net.cidr_merge': pure(1, (args, { budget }) => {
    const texts = itemsAt(args, 1);
    budget.spend(texts.length * 8);
    return new RegoSet(merged(texts.map((_, index) => mergeable(stringAt(texts, index + 1)))));
  }),
};
