import { type Builtin, type Builtins, failed, pure, stringAt } from '../builtin.ts';
import { multiply, rounded } from '../decimal.ts';
import { integer, parseNumber, type Value } from '../values.ts';

const decimal = ['k', 'm', 'g', 't', 'p', 'e'];

/** What each unit multiplies by. Binary ones end in i. */
const factors: ReadonlyMap<string, number | bigint> = new Map([
  ['', 1],
  ...decimal.map((letter, index) => [letter, 1000 ** (index + 1)] as const),
  ...decimal.map((letter, index) => [`${letter}i`, integer(1024n ** BigInt(index + 1)) as number | bigint] as const),
]);

function parsed(kind: 'resource' | 'byte', unitOf: (unit: string) => string): Builtin {
  return pure(1, (args) => {
    const text = stringAt(args, 1).replaceAll('"', '');
    if (text.includes(' ')) throw failed('spaces not allowed in resource strings');
    const [, amount, unit] = /^([-+]?[0-9.]*(?:[eE][-+]?[0-9]+)?)(.*)$/s.exec(text) as unknown as [
      string,
      string,
      string,
    ];
    if (amount === '') throw failed(`no ${kind === 'byte' ? 'byte ' : ''}amount provided`);
    const number = parseNumber(
      amount
        .replace(/^\+/, '')
        .replace(/^(-?)\./, '$10.')
        .replace(/^(-?)0+(?=\d)/, '$1')
        .replace(/\.$/, '')
        .replace(/\.(?=e)/i, ''),
    );
    if (number === undefined) throw failed(`could not parse ${kind === 'byte' ? 'byte ' : ''}amount to a number`);
    const short = unitOf(unit);
    const factor = short === 'milli' ? 0.001 : factors.get(short);
    if (factor === undefined) throw failed(`${kind === 'byte' ? 'byte ' : ''}unit ${unit} not recognized`);
    const result = multiply(number as number, factor);
    return kind === 'byte' ? truncated(result) : result;
  });
}

function truncated(value: Value): Value {
  return rounded(value as number | bigint, Number(value) < 0 ? 'ceil' : 'floor');
}

export const units: Builtins = {
  'units.parse': parsed('resource', (unit) => (unit === 'm' ? 'milli' : unit.toLowerCase())),
  'units.parse_bytes': parsed('byte', (unit) =>
    unit
      .toLowerCase()
      .replace(/^([kmgtpe]i?)b$/, '$1')
      .replace(/^b$/, 'none'),
  ),
};
