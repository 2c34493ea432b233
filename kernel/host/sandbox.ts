// Chooses how boxes are built: the strongest way that proves itself here, never by looking at versions.
import { fault } from '../../contracts/errors.ts';
import type { Settings } from '../../contracts/generated/settings.v1.ts';
import type { Boxer } from './launch/box.ts';
import { bubblewrap, bubblewrapFiltered } from './launch/bubblewrap.ts';
import { childProcess } from './launch/child-process.ts';
import { utilLinux } from './launch/util-linux.ts';
import { notStarted, probe, stands, type Trial } from './probes/probe.ts';
import { keepProof, keptProof } from './probes/proof.ts';

/** Strongest first. */
const sandboxes: readonly Boxer[] = [...(bubblewrapFiltered ? [bubblewrapFiltered] : []), bubblewrap, utilLinux];

/**
 * Tries the ways to build boxes, strongest first, until one contains every probe; a way that builds none here is passed
 * over. `process` is taken only when asked for by name. Throws ISOLATION_BROKEN when a box is built and something gets
 * out of it, and ISOLATION_UNAVAILABLE when nothing that was asked for can be built.
 */
export async function chooseSandbox(
  wanted: NonNullable<Settings['isolation']>,
  candidates: readonly Boxer[] = sandboxes,
): Promise<Trial> {
  if (wanted === 'process') return { boxer: childProcess, probes: [], proven: false, provenAt: '' };
  const failures: string[] = [];
  for (const boxer of candidates.filter(({ level }) => wanted === 'auto' || wanted === level)) {
    const kept = keptProof(boxer);
    const trial = kept && (await stands(boxer)) ? kept : await tryOut(boxer);
    if (trial.proven) return trial;
    const detail = failuresOf(trial);
    const built = trial.probes.every(({ name }) => name !== notStarted);
    if (built) throw fault('ISOLATION_BROKEN', { level: boxer.level, by: boxer.by, detail });
    failures.push(`${boxer.level} by ${boxer.by}: ${detail}`);
  }
  throw fault('ISOLATION_UNAVAILABLE', { detail: failures.join('. ') || `${wanted} is not known for this processor` });
}

/** Every sandbox, tried out; for `arbiter doctor`. A plain child process is not tried: its attempts would succeed. */
export async function tryAll(): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (const boxer of sandboxes) trials.push(await tryOut(boxer));
  return trials;
}

async function tryOut(boxer: Boxer): Promise<Trial> {
  const probes = await probe(boxer).catch((error: Error) => [
    { name: notStarted, contained: false, detail: error.message },
  ]);
  const proven = probes.every(({ contained }) => contained);
  const trial = { boxer, probes, proven, provenAt: new Date().toISOString() };
  if (proven) keepProof(trial);
  return trial;
}

function failuresOf({ probes }: Trial): string {
  const open = probes.filter(({ contained }) => !contained);
  return open.map(({ name, detail }) => `${name}: ${detail}`).join('; ');
}
