// Whether tasks that were killed and finished give the same entry when they are run again.
import { openReader, type StoredEntry } from '../../ledger/reader.ts';
import type { TemporaryHome } from '../temporary-home.ts';
import type { Findings } from './findings.ts';
import type { Random } from './random.ts';

const sample = 6;
/** Folders are written to by others; of a commit it is known what it started from. */
const tools = ['jsonl-parser', 'file-writer'];

/** When nothing is open any more. Gives how many entries were compared. */
export async function checkReplay(at: TemporaryHome, random: Random, findings: Findings): Promise<number> {
  const candidates = repeatable(at);
  const chosen = Array.from({ length: Math.min(sample, candidates.length) }, () => random.pick(candidates));
  for (const { seq } of chosen) {
    const { status, stdout, stderr } = await at.program('ledger', 'replay', `${seq}`);
    if (status !== 0) findings.unverified.add(`entry ${seq} is not replayed as it was: ${stdout}${stderr}`);
  }
  return chosen.length;
}

function repeatable(at: TemporaryHome): StoredEntry[] {
  const reader = openReader(at.home.ledger);
  try {
    return reader.latest(2_000, 'task').filter(({ body }) => {
      if (body.kind !== 'task' || !tools.includes(`${body.task?.tool}`)) return false;
      const { outcome, effects } = body;
      return outcome === 'done' && (effects === undefined || effects.target.kind === 'git');
    });
  } finally {
    reader.close();
  }
}
