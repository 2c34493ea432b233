// Appends entries and prints each one as it is acknowledged: `<number> <id>`. Arguments: the ledger, the first entry's
// number, how many, how many at one time, and FULL, NORMAL (both without the writer's thread) or thread.
import { writeSync } from 'node:fs';
import type { NewEntry } from '../../ledger/append.ts';
import { resumeLedger } from '../../ledger/resume.ts';
import { openLedger } from '../../ledger/writer.ts';

const [path, first, count, group, mode] = process.argv.slice(2) as [string, string, string, string, string];
const [from, to, size] = [Number(first), Number(first) + Number(count), Number(group)];

function entry(number: number): NewEntry {
  const id = `entry-${String(number).padStart(8, '0')}`;
  return {
    id,
    taskKey: `task-${number % 50}`,
    kind: 'task',
    body: JSON.stringify({ id, filling: 'x'.repeat(300) }),
    env: `{"pid":${number}}`,
  };
}

function acknowledge(seq: number, number: number): void {
  writeSync(1, `${seq} ${entry(number).id}\n`);
}

function* groups(): Generator<number[]> {
  for (let at = from; at < to; at += size)
    yield Array.from({ length: Math.min(size, to - at) }, (_, index) => at + index);
}

if (mode === 'thread') {
  const ledger = await openLedger(path);
  try {
    for (const numbers of groups())
      await Promise.all(numbers.map(async (number) => acknowledge(await ledger.append(entry(number)), number)));
  } catch (error) {
    writeSync(2, `${(error as Error).message}\n`);
    process.exitCode = 3;
  }
  await ledger.close();
} else {
  const { store, appender, publisher } = resumeLedger(path);
  store.pragma(`synchronous = ${mode}`);
  for (const numbers of groups()) {
    const given = appender.append(numbers.map(entry));
    for (const [index, number] of numbers.entries()) acknowledge(given[index] as number, number);
    if (appender.latest) publisher.publish(appender.latest, false);
  }
  // No close: SQLite would write everything back into the file.
  process.kill(process.pid, 'SIGKILL');
}
