// Rounding functions: scales are whole numbers between -6111 and 6176 (DMN 1.5, 10.3.4.5).
import { callFeelin } from './call-feelin.ts';
import type { OwnFunction } from './own-function.ts';

const smallestScale = -6111;
const largestScale = 6176;
/** A double holds no more decimals than this: beyond it, rounding changes nothing. */
const mostDecimals = 300;

function rounding(name: string): OwnFunction {
  const parameters = ['n', 'scale'];
  return [
    parameters,
    (n: unknown, scale: unknown) => {
      if (typeof n !== 'number' || typeof scale !== 'number') return callFeelin(name, parameters, [n, scale]);
      const whole = Math.trunc(scale);
      if (whole < smallestScale || whole > largestScale) return null;
      return whole > mostDecimals ? n : callFeelin(name, parameters, [n, whole]);
    },
  ];
}

export const numberFunctions: Readonly<Record<string, OwnFunction>> = Object.fromEntries(
  ['decimal', 'round up', 'round down', 'round half up', 'round half down'].map((name) => [name, rounding(name)]),
);
