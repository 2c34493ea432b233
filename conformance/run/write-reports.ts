// Every report of a run, beside each other in a folder.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Verdict } from './conform.ts';
import { fileNames, render, reporters } from './report.ts';

export function writeReports(folder: string, verdicts: readonly Verdict[]): void {
  mkdirSync(folder, { recursive: true });
  for (const reporter of reporters) writeFileSync(join(folder, fileNames[reporter]), render(reporter, verdicts));
}
