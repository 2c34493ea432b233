// Makes a good plugin, puts one fault into it, and looks who finds it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newPlugin } from '../../pdk/scaffold/new-plugin.ts';
import { syncPlugin } from '../../pdk/sync/sync-plugin.ts';
import { requirements } from '../requirements.ts';
import { conform, type Verdict } from '../run/conform.ts';
import { copyIn, type Fault, sign } from './fault.ts';

export interface Found {
  readonly fault: Fault;
  /** Found by the case that has to, at its level, and by none of a level before. */
  readonly caught: boolean;
  /** Every case that failed, with what it said. */
  readonly failed: readonly { readonly id: string; readonly detail: string }[];
  readonly ms: number;
}

const extent = { seed: 7, inputs: 10, isolation: 'auto', policies: null } as const;

/** `quick`: of the levels after L0 only the case that has to find it is run. */
export async function seedFault(fault: Fault, quick: boolean): Promise<Found> {
  const place = mkdtempSync(join(tmpdir(), 'arbiter-fault-'));
  const start = performance.now();
  try {
    const { caught, category = 'transformation', samples = 20 } = fault;
    const folder = await newPlugin({ name: 'subject', category, language: 'js', dir: place });
    fault.spoil(copyIn(folder));
    if (fault.afterwards === undefined) await syncPlugin(folder);
    else if (fault.afterwards === 'sign') sign(folder);
    const { level } = requirements[caught];
    const verdict = await conform(folder, { level, ...extent, samples, ...(quick && { only: caught }) });
    return { fault, ...judge(fault, verdict), ms: performance.now() - start };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function judge({ caught }: Fault, { cases }: Verdict): Pick<Found, 'caught' | 'failed'> {
  const failed = cases.filter(({ state }) => state === 'failed');
  const { level } = requirements[caught];
  return {
    caught: failed.some(({ id }) => id === caught) && failed.every((one) => one.level === level),
    failed: failed.map(({ id, detail = '' }) => ({ id, detail })),
  };
}
