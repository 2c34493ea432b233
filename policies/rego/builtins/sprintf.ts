// sprintf with Go's verbs.
import type { Budget } from '../budget.ts';
import { numberText, regoText } from '../value-text.ts';
import { isNumber, type Value } from '../values.ts';

const directive = /%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d+)?)?(?:\[(\d+)\])?([a-zA-Z%])|%/g;
const maxWidth = 10_000;

interface Directive {
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
  readonly verb: string;
}

/** `format` with its verbs replaced, as Go's fmt.Sprintf writes it, mistakes included. */
export function formatted(format: string, values: readonly Value[], budget: Budget): string {
  let next = 0;
  let reordered = false;
  budget.spend(format.length);
  const text = format.replace(
    directive,
    (whole, flags: string = '', width?: string, precision?: string, index?: string, verb?: string) => {
      if (verb === undefined) return '%!(NOVERB)';
      if (verb === '%') return '%';
      const sizes = [width, precision].map((size) =>
        size === '*' ? Number(values[next++]) : size === undefined ? undefined : Number(size),
      );
      if (index !== undefined) {
        reordered = true;
        next = Number(index) - 1;
      }
      const value = values[next++];
      if (value === undefined) return index === undefined ? `%!${verb}(MISSING)` : `%!${verb}(BADINDEX)`;
      const hasPoint = /\.(?![\d*])/.test(whole);
      const chosen: Directive = { flags, width: bounded(sizes[0]), precision: hasPoint ? 0 : bounded(sizes[1]), verb };
      const written = one(chosen, value);
      budget.make(written.length);
      return written;
    },
  );
  if (next >= values.length || reordered) return text;
  return `${text}%!(EXTRA ${values
    .slice(next)
    .map((value) => `${goType(value)}=${plain(value)}`)
    .join(', ')})`;
}

function bounded(size: number | undefined): number | undefined {
  return size === undefined || Number.isNaN(size) ? undefined : Math.min(size, maxWidth);
}

function one(chosen: Directive, value: Value): string {
  const { verb } = chosen;
  if (verb === 'T') return padded(chosen, goType(value));
  if (verb === 'v')
    return isNumber(value)
      ? number({ ...chosen, verb: isInteger(value) ? 'd' : 'g' }, value)
      : padded(chosen, plain(value));
  if (verb === 't' && typeof value === 'boolean') return padded(chosen, String(value));
  // A number that is kept as text, as Go has it.
  const isText = typeof value === 'bigint' && (verb === 's' || verb === 'q');
  if (isNumber(value) && !isText) return number(chosen, value);
  const text = plain(value);
  if (verb === 's') return padded(chosen, cut(text, chosen.precision));
  if (verb === 'q')
    return padded(chosen, chosen.flags.includes('#') && !text.includes('`') ? `\`${text}\`` : JSON.stringify(text));
  if (verb === 'x' || verb === 'X') {
    const hex = Buffer.from(cut(text, chosen.precision)).toString('hex');
    return padded(chosen, verb === 'x' ? hex : hex.toUpperCase());
  }
  return bad(verb, value);
}

function cut(text: string, precision: number | undefined): string {
  return precision === undefined ? text : [...text].slice(0, precision).join('');
}

function plain(value: Value): string {
  return typeof value === 'string' ? value : regoText(value);
}

function goType(value: Value): string {
  if (isNumber(value)) return typeof value === 'bigint' ? '*big.Int' : isInteger(value) ? 'int' : 'float64';
  return 'string';
}

function bad(verb: string, value: Value): string {
  return `%!${verb}(${typeof value === 'boolean' ? 'bool' : goType(value)}=${plain(value)})`;
}

function isInteger(value: number | bigint): boolean {
  return typeof value === 'bigint' || Number.isInteger(value);
}

const bases: Readonly<Record<string, readonly [number, string]>> = {
  b: [2, '0b'],
  o: [8, '0'],
  O: [8, '0o'],
  x: [16, '0x'],
  X: [16, '0X'],
};

function number(chosen: Directive, value: number | bigint): string {
  const { verb, flags, precision } = chosen;
  const negative = value < 0;
  const size = negative ? -value : value;
  if (isInteger(value) && (verb === 'd' || bases[verb] || verb === 'c' || verb === 'q' || verb === 'U')) {
    const whole = BigInt(size);
    if (verb === 'c') return padded(chosen, String.fromCodePoint(Number(whole) > 0x10ffff ? 0xfffd : Number(whole)));
    if (verb === 'q')
      return padded(chosen, `'${String.fromCodePoint(Number(whole) > 0x10ffff ? 0xfffd : Number(whole))}'`);
    if (verb === 'U') return padded(chosen, `U+${whole.toString(16).toUpperCase().padStart(4, '0')}`);
    const [base, prefix] = bases[verb] ?? [10, ''];
    const digits = whole.toString(base).padStart(precision ?? 0, '0');
    const withPrefix = (flags.includes('#') || verb === 'O' ? prefix : '') + digits;
    return signed(chosen, negative, verb === 'X' ? withPrefix.toUpperCase() : withPrefix);
  }
  const float = Number(size);
  if (verb === 'f' || verb === 'F') return signed(chosen, negative, fixed(size, precision ?? 6));
  if (verb === 'e' || verb === 'E') {
    const text = exponential(float, precision ?? 6);
    return signed(chosen, negative, verb === 'E' ? text.toUpperCase() : text);
  }
  if (verb === 'g' || verb === 'G') {
    const text = general(float, precision);
    return signed(chosen, negative, verb === 'G' ? text.toUpperCase() : text);
  }
  return bad(verb, value);
}

function fixed(size: number | bigint, precision: number): string {
  if (typeof size === 'bigint') return precision > 0 ? `${size}.${'0'.repeat(precision)}` : String(size);
  const known = Math.min(precision, 100);
  const text = size >= 1e21 ? `${BigInt(size)}${known > 0 ? `.${'0'.repeat(known)}` : ''}` : size.toFixed(known);
  return text + '0'.repeat(precision - known);
}

function exponential(size: number, precision: number): string {
  return size.toExponential(Math.min(precision, 100)).replace(/e([+-])(\d)$/, 'e$10$2');
}

function general(size: number, precision: number | undefined): string {
  const digits = precision === undefined ? undefined : Math.max(1, Math.min(precision, 100));
  const exponent = size === 0 ? 0 : Math.floor(Math.log10(size));
  const limit = digits ?? 21;
  if (exponent < -4 || exponent >= limit) {
    const text = (digits === undefined ? size.toExponential() : size.toExponential(digits - 1)).replace(
      /\.?0+(?=e)/,
      (zeros) => (zeros.startsWith('.') ? '' : zeros),
    );
    return text.replace(/e([+-])(\d)$/, 'e$10$2');
  }
  if (digits === undefined) return numberText(size);
  return String(Number(size.toPrecision(digits)));
}

function signed({ flags, width }: Directive, negative: boolean, digits: string): string {
  const sign = negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  if (flags.includes('0') && !flags.includes('-') && width !== undefined)
    return sign + digits.padStart(width - sign.length, '0');
  return padded({ flags, width }, sign + digits);
}

function padded({ flags, width }: Pick<Directive, 'flags' | 'width'>, text: string): string {
  if (width === undefined) return text;
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  return flags.includes('-') ? text + ' '.repeat(missing) : (flags.includes('0') ? '0' : ' ').repeat(missing) + text;
}
