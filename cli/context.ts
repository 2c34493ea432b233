// What every command gets from the options that all commands share.

import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { fault } from '../contracts/errors.ts';
import { type Home, homeAt } from '../kernel/home.ts';
import { newOutput, type Output } from './output.ts';

export interface Context {
  readonly home: Home;
  readonly output: Output;
}

/** The context of a command. */
export function contextOf(command: Command): Context {
  const { home, json } = command.optsWithGlobals<{ home?: string; json?: boolean }>();
  return { home: homeAt(home ?? (process.env.ARBITER_HOME || './home')), output: newOutput(json ?? false) };
}

/** Throws HOME_MISSING where there is no home. */
export function demandHome({ home }: Context): Home {
  if (!existsSync(home.settings)) throw fault('HOME_MISSING', { path: home.path });
  return home;
}
