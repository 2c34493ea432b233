// How effects come into place, so that both they and their entry survive a crash, or neither: first the entry "prepared"
// with the exact effects, then the effects, then the outcome. What was prepared and did not happen is said as well, so
// that recovery does not make it happen later.
import { ArbiterError } from '../../contracts/errors.ts';
import type { Envelope } from '../../contracts/generated/ledger.v1.ts';
import { crashPoint } from '../crash-point.ts';

/** What is written down on the way; each resolves once it is durable. */
export interface LandingRecord {
  prepared(facts?: Partial<Envelope>): Promise<void>;
  aborted(error: ArbiterError): Promise<void>;
  done(facts?: Partial<Envelope>): Promise<void>;
}

/** One kind of effect: files of a folder, a commit on a branch, requests, tasks. */
export interface Part {
  /** Throws what stands in the way, with nothing changed. Gives what recovery has to know besides the effects. */
  prepare(): Promise<Partial<Envelope>>;
  /** Brings it about, and tells of it. Throws EFFECT_HALF_APPLIED where some of it stands and the rest does not. */
  apply(): Promise<Partial<Envelope>>;
  /** Takes back what `apply` did. Throws EFFECT_HALF_APPLIED where that cannot be done. */
  undo(): Promise<void>;
}

/** Brings the parts about in their order, where there are some; what can fail for want of others comes late, what cannot be undone last. */
export async function land(parts: readonly Part[], record: LandingRecord): Promise<void> {
  if (parts.length === 0) return record.done();
  const facts: Partial<Envelope>[] = [];
  for (const part of parts) facts.push(await part.prepare());
  crashPoint('before-prepared');
  await record.prepared(merged(facts));
  crashPoint('after-prepared');
  facts.push(await bringAbout(parts, record));
  crashPoint('after-apply');
  await record.done(merged(facts));
}

/** All parts or none; that none is in place is recorded as well. Gives what they tell. */
export async function bringAbout(
  parts: readonly Pick<Part, 'apply' | 'undo'>[],
  record: Pick<LandingRecord, 'aborted'>,
): Promise<Partial<Envelope>> {
  const facts: Partial<Envelope>[] = [];
  const applied: Pick<Part, 'undo'>[] = [];
  try {
    for (const part of parts) {
      facts.push(await part.apply());
      applied.push(part);
    }
  } catch (error) {
    if (!(error instanceof ArbiterError) || error.code === 'EFFECT_HALF_APPLIED') throw error;
    for (const part of applied.reverse()) await part.undo();
    await record.aborted(error);
    throw error;
  }
  return merged(facts);
}

/** Notes are sentences, and stay so. */
function merged(facts: readonly Partial<Envelope>[]): Partial<Envelope> {
  const notes = facts.flatMap(({ note }) => (note === undefined ? [] : [note]));
  return Object.assign({}, ...facts, notes.length > 0 ? { note: notes.join(' ') } : {});
}
