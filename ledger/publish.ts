// Puts checkpoints where the ledger's file cannot take them back: beside it at once, outside the home once a second.
import { renameSync, writeFileSync } from 'node:fs';
import { anchorPath, writeNote } from './anchor.ts';
import { sidecarPath } from './beside.ts';

export interface Publisher {
  /** Publishes a checkpoint; `now` skips waiting for the second to be over. */
  publish(note: string, now: boolean): void;
}

const everyMs = 1000;

/** `targets` are files that get the checkpoint besides the anchor. */
export function newPublisher(ledger: string, id: string, targets: readonly string[]): Publisher {
  const [sidecar, outside] = [sidecarPath(ledger), [anchorPath(id), ...targets]];
  let atOnce = '';
  let published = '';
  let publishedAt = 0;

  return {
    publish(note, now) {
      if (note !== atOnce) {
        // Not synced: the entries are, and an empty file after a power cut notes nothing.
        writeFileSync(`${sidecar}.new`, note);
        renameSync(`${sidecar}.new`, sidecar);
        atOnce = note;
      }
      if (note === published || (!now && Math.abs(Date.now() - publishedAt) < everyMs)) return;
      for (const path of outside) writeNote(path, note);
      published = note;
      publishedAt = Date.now();
    },
  };
}
