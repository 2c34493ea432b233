// How the kernel of a home is: whether it runs, how it ended, and which plugins it leaves alone.
import { ask } from '../kernel/control.ts';
import type { Home } from '../kernel/home.ts';
import { isStale, readHeartbeat } from '../kernel/safety/heartbeat.ts';
import { readCircuits } from '../kernel/safety/kept-circuits.ts';
import { stopFileIsThere } from '../kernel/stop-file.ts';

/** What `arbiter doctor` lists. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
  /** Worth a look, and no reason why the kernel could not run. */
  readonly warning?: boolean;
}

export async function kernelFinding(home: Home): Promise<Finding> {
  const what = 'kernel';
  if ((await ask(home.socket, { command: 'status' })) !== null) return { what, ok: true, detail: 'running' };
  if (stopFileIsThere(home.stop))
    return { what, ok: true, warning: true, detail: `kept from running by ${home.stop}; to go on: rm ${home.stop}` };
  const last = readHeartbeat(home.heartbeat);
  if (!last || !isStale(last)) return { what, ok: true, detail: 'not running' };
  const { running = 0, ready = 0, waiting = 0 } = last.counts;
  const had = `with ${running} task(s) running, ${ready} ready, ${waiting} waiting`;
  const detail = `gone without stopping: process ${last.pid} was last heard of at ${last.time}, ${had}. arbiter start goes on`;
  return { what, ok: true, warning: true, detail };
}

/** One for each open circuit, or one that says that there is none. */
export function circuitFindings(home: Home): Finding[] {
  const open = [...openCircuits(home).values()];
  if (open.length === 0) return [{ what: 'circuits', ok: true, detail: 'none is open' }];
  return open.map(({ sentence }) => ({
    what: 'circuits',
    ok: true,
    warning: true,
    detail: sentence.replace(/\.$/, ''),
  }));
}

interface OpenCircuit {
  /** RFC 3339. */
  readonly until: string;
  readonly sentence: string;
}

/** Plugins that are left alone, by id. */
export function openCircuits(home: Home): Map<string, OpenCircuit> {
  const open = Object.entries(readCircuits(home.circuits)).filter(([, { openedAt }]) => openedAt !== null);
  return new Map(
    open.map(([plugin, { failures, because, openedAt, openMs }]) => {
      const until = new Date((openedAt ?? 0) + openMs);
      const next = until.getTime() > Date.now() ? `at ${until.toISOString()}` : 'next';
      const failed = `it failed ${failures} times in a row, the last time with ${because}`;
      const sentence = `${plugin} is left alone: ${failed}. A task is let through to try ${next}.`;
      return [plugin, { until: until.toISOString(), sentence }];
    }),
  );
}
