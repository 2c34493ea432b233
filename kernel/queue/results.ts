// What people find of a file: results in done/, failed lines as they came and why in failed/. Written beside the claimed
// file while it is worked on, and moved when it is finished.
import { once } from 'node:events';
import {
  createWriteStream,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  type WriteStream,
} from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import type { ArbiterError } from '../../contracts/errors.ts';
import type { ErrorLine } from '../../contracts/generated/error-line.v1.ts';
import type { ResultLine } from '../../contracts/generated/result.v1.ts';
import { crashPoint } from '../crash-point.ts';
import type { Home } from '../home.ts';
import type { Settled, TaskLine } from '../journey/journey.ts';
import { type Claim, pathsOf } from './claim.ts';
import { type Parked, waitsForText } from './waiting.ts';

export interface Results {
  settled(line: TaskLine, settled: Settled): void;
  /** A line that is no task. */
  rejected(line: number, id: string, tool: string | null, settled: Settled): void;
  parked(parked: Parked): void;
  /** Something worth knowing about a line that was run all the same, or about the file as a whole (line 0). */
  notice(line: number, error: ArbiterError): void;
  /** A failed line as it came. */
  failedLine(bytes: AsyncIterable<Buffer>): Promise<void>;
  /** Moves everything to where people look. May be called again after more was written. */
  finish(): Promise<void>;
  /** Lets go of what was not finished. */
  abandon(): void;
}

/** Starts the results of a claim afresh: after a crash they are made again from the ledger. */
export function openResults(home: Home, claim: Claim, onBroken: (error: Error) => void): Results {
  const { partial, ...final } = pathsOf(home, claim);
  const targets = { results: final.results, failed: final.failed, errors: final.errors };
  for (const path of Object.values(partial)) rmSync(path, { force: true });
  const streams = new Map<keyof typeof partial, WriteStream>();

  function write(to: keyof typeof partial, data: string | Buffer): boolean {
    let stream = streams.get(to);
    if (!stream) {
      streams.set(to, (stream = createWriteStream(partial[to], { flags: 'a', highWaterMark: 256 * 1024 })));
      stream.on('error', onBroken);
    }
    return stream.write(data);
  }
  const writeResult = (line: ResultLine) => write('results', `${JSON.stringify(line)}\n`);
  const writeError = (line: ErrorLine) => write('errors', `${JSON.stringify(line)}\n`);

  return {
    settled(line, settled) {
      writeResult(resultLine(line.source.line, line.id, line.task.tool ?? null, settled));
      if (isFailure(settled)) writeError(errorLine(claim.file, line.source.line, line.id, settled));
    },
    rejected(line, id, tool, settled) {
      writeResult(resultLine(line, id, tool, settled));
      writeError(errorLine(claim.file, line, id, settled));
    },
    parked({ line, waitsFor }) {
      const { id, task, source } = line;
      writeResult({
        line: source.line,
        id,
        tool: task.tool ?? null,
        status: 'waiting',
        waitsFor: waitsForText(waitsFor),
      });
    },
    notice(line, { code, message, expected, remedy }) {
      writeError({ file: claim.file, line, id: null, severity: 'warning', code, message, expected, remedy });
    },
    async failedLine(bytes) {
      for await (const piece of bytes)
        if (!write('failed', piece)) await once(streams.get('failed') as WriteStream, 'drain');
      write('failed', '\n');
    },
    async finish() {
      // A file without a single result still says so: an empty results file.
      if (!existsSync(final.results)) write('results', '');
      crashPoint('before-results-move');
      for (const [name, stream] of streams) {
        await new Promise<void>((resolve, reject) =>
          stream.end((error?: Error | null) => (error ? reject(error) : resolve())),
        );
        renameSync(partial[name], targets[name]);
        crashPoint('between-results-moves');
      }
      // What comes later continues in place.
      for (const name of streams.keys()) partial[name] = targets[name];
      streams.clear();
    },
    abandon() {
      for (const stream of streams.values()) stream.end();
    },
  };
}

/**
 * Adds the outcome of a line that had waited, after its file was finished. The result comes last: where it stands,
 * everything does. A crash may make this come twice, so that the rest is not added again.
 */
export async function appendLateResult(home: Home, line: TaskLine, settled: Settled): Promise<void> {
  const { claim, file, line: number } = line.source;
  const paths = pathsOf(home, { id: claim, file });
  crashPoint('before-late-result');
  const why = `${JSON.stringify(errorLine(file, number, line.id, settled))}\n`;
  if (isFailure(settled) && !(await holds(paths.errors, why))) {
    await appendFile(paths.failed, `${JSON.stringify(line.task)}\n`);
    await appendFile(paths.errors, why);
  }
  const result = resultLine(number, line.id, line.task.tool ?? null, settled);
  await appendFile(paths.results, `${JSON.stringify(result)}\n`, { flush: true });
  crashPoint('after-late-result');
}

async function holds(path: string, text: string): Promise<boolean> {
  return existsSync(path) && (await readFile(path)).includes(text);
}

/** The lines of a finished file whose results say more than that they wait. What a crash left half-written is cut off. */
export function linesWithResult(home: Home, claim: Pick<Claim, 'id' | 'file'>): Set<number> {
  const lines = new Set<number>();
  const path = pathsOf(home, claim).results;
  if (!existsSync(path)) return lines;
  const bytes = readFileSync(path);
  let start = 0;
  for (let end = bytes.indexOf('\n'); end !== -1; end = bytes.indexOf('\n', start)) {
    const { line, status }: ResultLine = JSON.parse(bytes.toString('utf8', start, end));
    if (status !== 'waiting') lines.add(line);
    start = end + 1;
  }
  if (start < bytes.length) truncateSync(path, start);
  return lines;
}

/** Whether the line goes back to whoever wrote it. */
export function isFailure({ outcome }: Settled): boolean {
  return outcome !== 'done' && outcome !== 'planned';
}

function resultLine(line: number, id: string, tool: string | null, settled: Settled): ResultLine {
  const { outcome, output, effects, error, note, duplicate, entry } = settled;
  return {
    line,
    id,
    tool,
    status: outcome,
    ...(output !== undefined && { output: output as never }),
    ...(effects && { effects: effects.files as unknown as Record<string, unknown>[] }),
    ...(note !== undefined && { note }),
    ...(error && { code: error.code, message: error.message }),
    ...(duplicate && { duplicateOf: entry }),
    entry,
  };
}

function errorLine(file: string, line: number, id: string, { error, outcome }: Settled): ErrorLine {
  const { code, message, expected, remedy } = error ?? {
    code: outcome.toUpperCase(),
    message: outcome,
    expected: '',
    remedy: '',
  };
  return { file, line, id, code, message, expected, remedy };
}
