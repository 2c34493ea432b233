// Every builtin by name. What is not here is refused when a policy is loaded: nothing reaches a network or the machine.
import type { Builtins } from '../builtin.ts';
import { aggregates } from './aggregates.ts';
import { comparison } from './comparison.ts';
import { crypto } from './crypto.ts';
import { encoding } from './encoding.ts';
import { glob } from './glob.ts';
import { graph } from './graph.ts';
import { jsonSchema } from './json-schema.ts';
import { jwt } from './jwt.ts';
import { net } from './net.ts';
import { numbers } from './numbers.ts';
import { objects } from './objects.ts';
import { policy } from './policy.ts';
import { regex } from './regex.ts';
import { semver } from './semver.ts';
import { sets } from './sets.ts';
import { strings } from './strings.ts';
import { time } from './time.ts';
import { types } from './types.ts';
import { units } from './units.ts';

export const builtins: Builtins = {
  ...aggregates,
  ...comparison,
  ...crypto,
  ...encoding,
  ...glob,
  ...graph,
  ...jsonSchema,
  ...jwt,
  ...net,
  ...numbers,
  ...objects,
  ...policy,
  ...regex,
  ...semver,
  ...sets,
  ...strings,
  ...time,
  ...types,
  ...units,
};
