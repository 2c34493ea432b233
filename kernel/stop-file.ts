// A file STOP in the home stops the kernel, and keeps it from starting: for whoever can write there and nothing else.
import { lstatSync } from 'node:fs';

const lookMs = 500;

export function stopFileIsThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

/** Calls `found` once when the file appears; the function that it gives ends the watch. */
export function watchStopFile(file: string, found: () => void): () => void {
  const timer = setInterval(() => {
    if (!stopFileIsThere(file)) return;
    clearInterval(timer);
    found();
  }, lookMs).unref();
  return () => clearInterval(timer);
}
