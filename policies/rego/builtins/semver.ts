import { type Builtins, failed, pure } from '../builtin.ts';
import type { Value } from '../values.ts';

const shape =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

function versionAt(args: readonly Value[], position: number): { core: bigint[]; pre: string[] } {
  const text = args[position - 1];
  if (typeof text !== 'string') throw failed(`operand ${position} must be string`);
  const parts = shape.exec(text);
  if (!parts) throw failed(`operand ${position}: string ${JSON.stringify(text)} is not a valid SemVer`);
  return { core: parts.slice(1, 4).map(BigInt), pre: parts[4]?.split('.') ?? [] };
}

function comparePart(a: string, b: string): number {
  const [x, y] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (x && y) return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
  if (x !== y) return x ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

export const semver: Builtins = {
  'semver.is_valid': pure(1, ([text]) => typeof text === 'string' && shape.test(text)),
  'semver.compare': pure(2, (args) => {
    const [a, b] = [versionAt(args, 1), versionAt(args, 2)];
    for (let i = 0; i < 3; i++) if (a.core[i] !== b.core[i]) return a.core[i]! < b.core[i]! ? -1 : 1;
    if (a.pre.length === 0 || b.pre.length === 0)
      return a.pre.length === b.pre.length ? 0 : a.pre.length === 0 ? 1 : -1;
    for (let i = 0; i < a.pre.length && i < b.pre.length; i++) {
      const order = comparePart(a.pre[i] as string, b.pre[i] as string);
      if (order !== 0) return order;
    }
    return Math.sign(a.pre.length - b.pre.length);
  }),
};
