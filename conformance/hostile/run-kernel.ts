// Starts a kernel process, hands it its tasks, and waits for its end, watching what its plugins leave behind.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ErrorLine } from '../../contracts/generated/error-line.v1.ts';
import type { ResultLine } from '../../contracts/generated/result.v1.ts';
import type { Home } from '../../kernel/home.ts';
import type { Order, Report } from './kernel-process.ts';
import type { World } from './world.ts';

export interface Run {
  /** What the kernel said when it started; null when it never did. */
  readonly started: Extract<Report, { kind: 'started' }> | null;
  /** Why the level cannot be had, or null. */
  readonly unavailable: string | null;
  /** Set when the kernel ended as it should. */
  readonly peakMb: number | null;
  /** By task. */
  readonly results: ReadonlyMap<string, ResultLine & { readonly remedy: string }>;
  readonly released: ReadonlyMap<string, string>;
  /** Tasks whose processes were still there 100 ms after their result. */
  readonly outlived: ReadonlySet<string>;
  /** What the kernel itself wrote to stderr. */
  readonly stderr: string;
}

const program = fileURLToPath(new URL('kernel-process.ts', import.meta.url));
/** A number that Node leaves alone; lower ones it closes itself. */
const inheritedDescriptor = 40;
const afterResultMs = 100;

/** `tasks` gives the lines to drop, once the number of the kernel's process is known. */
export async function runKernel(
  world: World,
  home: Home,
  order: Omit<Order, 'home'>,
  tasks: (kernelPid: number) => readonly object[],
  limitMs: number,
): Promise<Run> {
  const inherited = openSync(world.facts.inheritedFile, 'r');
  const between = Array.from({ length: inheritedDescriptor - 3 }, () => 'ignore' as const);
  const child = spawn(process.execPath, [program], {
    env: world.env,
    cwd: world.place,
    stdio: ['pipe', 'pipe', 'pipe', ...between, inherited],
  });
  closeSync(inherited);
  const reports: Report[] = [];
  const outlived = new Set<string>();
  const watches: Promise<void>[] = [];
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-4_000);
  });
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    const report = JSON.parse(line) as Report;
    reports.push(report);
    if (report.kind !== 'settled') return;
    watches.push(
      new Promise((resolve) => {
        setTimeout(() => {
          if (processesOf(report.id).length > 0) outlived.add(report.id);
          resolve();
        }, afterResultMs);
      }),
    );
  });

  const lines = tasks(child.pid as number).map((task) => `${JSON.stringify(task)}\n`);
  writeFileSync(join(home.inbox, 'attacks.jsonl'), lines.join(''));
  child.stdin?.end(JSON.stringify({ ...order, home: home.path }));
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  await Promise.all(watches);

  const find = <Kind extends Report['kind']>(kind: Kind) =>
    reports.find((report): report is Extract<Report, { kind: Kind }> => report.kind === kind) ?? null;
  return {
    started: find('started'),
    unavailable: find('unavailable')?.message ?? null,
    peakMb: find('ended')?.peakMb ?? null,
    results: readResults(home),
    released: new Map(reports.flatMap((report) => (report.kind === 'released' ? [[report.id, report.message]] : []))),
    outlived,
    stderr,
  };
}

function readResults(home: Home): Run['results'] {
  const remedies = new Map(
    linesIn<ErrorLine>(home.failed, '.errors.jsonl').map(({ id, remedy }) => [id ?? '', remedy ?? '']),
  );
  return new Map(
    linesIn<ResultLine>(home.done, '.results.jsonl').map((line) => [
      line.id,
      { ...line, remedy: remedies.get(line.id) ?? '' },
    ]),
  );
}

function linesIn<Line>(folder: string, ending: string): Line[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean))
    .map((line) => JSON.parse(line) as Line);
}

/** Numbers of processes whose command line has `marker` as an argument. */
export function processesOf(marker: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').includes(marker);
      } catch {
        return false;
      }
    })
    .map(Number);
}
