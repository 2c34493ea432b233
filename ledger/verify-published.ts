// What a note that was published of a ledger makes one expect of it. Part of the verifier.
import { isSigned, readCheckpoint, type VerifierKey } from './verify-note.ts';

/** After `size` entries the ledger has this root, or its last entry this leaf hash. */
export type Expectation = { readonly where: string; readonly outside: boolean; readonly size: number } & (
  | { readonly root: string }
  | { readonly root: null; readonly leaf: Buffer }
);

/** Gives null, and a finding, for a note that is none, or not one of a key in `keys`. */
export function expectationOf(
  { where, text, outside }: { where: string; text: string; outside: boolean },
  keys: readonly VerifierKey[],
  find: (sentence: string) => void,
): Expectation | null {
  // A head as it was noted before there were checkpoints, or by hand: number and leaf hash of an entry.
  const [, seq, leaf] = /^(\d+) ([0-9a-f]{64})\n$/.exec(text) ?? [];
  if (seq !== undefined && leaf !== undefined)
    return { where, outside, size: Number(seq), root: null, leaf: Buffer.from(leaf, 'hex') };
  const checkpoint = readCheckpoint(text);
  if (!checkpoint) find(`${where} holds something else than a checkpoint.`);
  else if (!keys.some((key) => key.name === checkpoint.origin && isSigned(text, key)))
    find(`The checkpoint in ${where} is not signed by the ledger's key.`);
  else return { where, outside, size: checkpoint.size, root: checkpoint.root.toString('base64') };
  return null;
}
