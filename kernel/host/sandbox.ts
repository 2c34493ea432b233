// Chooses how boxes are built: the strongest way that proves itself here, never by looking at versions.
import { fault } from '../../contracts/errors.ts';
import type { Settings } from '../../contracts/generated/settings.v1.ts';
import type { Boxer } from './launch/box.ts';
import { bubblewrap } from './launch/bubblewrap.ts';
import { childProcess } from './launch/child-process.ts';
import { utilLinux } from './launch/util-linux.ts';
import { type ProbeResult, probe } from './probes/probe.ts';

/** A way to build boxes, with what the probes found of it. */
export interface Trial {
  readonly boxer: Boxer;
  readonly probes: readonly ProbeResult[];
  readonly proven: boolean;
}

const sandboxes: readonly Boxer[] = [bubblewrap, utilLinux];

/**
 * Tries the ways to build boxes, strongest first, until one contains every probe. `process` is taken only when asked for
 * by name. Throws ISOLATION_UNAVAILABLE when nothing that was asked for proves itself.
 */
export async function chooseSandbox(wanted: NonNullable<Settings['isolation']>): Promise<Trial> {
  if (wanted === 'process') return { boxer: childProcess, probes: [], proven: false };
  const failures: string[] = [];
  for (const boxer of sandboxes) {
    const trial = await tryOut(boxer);
    if (trial.proven) return trial;
    const escaped = trial.probes.filter(({ contained }) => !contained);
    failures.push(`${boxer.by}: ${escaped.map(({ name, detail }) => `${name}: ${detail}`).join('; ')}`);
  }
  throw fault('ISOLATION_UNAVAILABLE', { detail: failures.join('. ') });
}

/** Every sandbox, tried out; for `arbiter doctor`. A plain child process is not tried: its attempts would succeed. */
export async function tryAll(): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (const boxer of sandboxes) trials.push(await tryOut(boxer));
  return trials;
}

async function tryOut(boxer: Boxer): Promise<Trial> {
  const probes = await probe(boxer).catch((error: Error) => [
    { name: 'start a box', contained: false, detail: error.message },
  ]);
  return { boxer, probes, proven: probes.every(({ contained }) => contained) };
}
