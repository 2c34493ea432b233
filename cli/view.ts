// What `arbiter start` shows: on a terminal a status line below what is worth reading, otherwise plain lines, with
// --json an object per event. Tasks that went well are counted, not listed, unless they changed something.

import { ArbiterError } from '../contracts/errors.ts';
import type { KernelEvent, Summary } from '../kernel/events.ts';
import type { Home } from '../kernel/home.ts';
import type { Settled, TaskLine } from '../kernel/journey/journey.ts';
import { KernelStops } from '../kernel/queue/dispatcher.ts';
import { waitsForText } from '../kernel/queue/waiting.ts';
import { asJson, inOneLine, plain, worded } from './output.ts';

export interface View {
  event(this: void, event: KernelEvent): void;
  running(home: Home, once: boolean): void;
  notice(text: string): void;
  end(summary: Summary): void;
}

const refreshMs = 100;

export function newJsonView(): View {
  const write = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);
  return {
    event(event) {
      switch (event.kind) {
        case 'started': {
          const { isolation, by, recovery } = event;
          return void write({ event: 'started', isolation, by, recovery, warnings: event.warnings.map(asJson) });
        }
        case 'settled': {
          const { source, id, task } = event.line;
          return void write({
            event: 'settled',
            file: source.file,
            line: source.line,
            id,
            tool: task.tool ?? null,
            ...jsonOf(event.settled),
          });
        }
        case 'rejected':
          return void write({ event: 'settled', file: event.file, line: event.line, ...jsonOf(event.settled) });
        case 'parked':
          return void write({
            event: 'waiting',
            id: event.parked.line.id,
            waitsFor: waitsForText(event.parked.waitsFor),
          });
        case 'released':
          return void write({ event: 'released', id: event.line.id, message: event.error.message });
        case 'claimed':
          return void write({ event: 'claimed', file: event.file, recovered: event.recovered });
        case 'stop-file':
          return void write({ event: 'stopping', because: event.file });
        case 'finished':
          return void write({ event: 'finished', file: event.claim.file, claim: event.claim.id });
      }
    },
    running: () => undefined,
    notice: (text) => void write({ event: 'notice', text }),
    end: (summary) => void write({ event: 'ended', ...summary }),
  };
}

export function newPlainView(verbose: boolean): View {
  return lineView(verbose, (line) => process.stdout.write(`${line}\n`));
}

/** Lines scroll above; the last line of the terminal says how it stands. */
export function newTerminalView(verbose: boolean): View {
  const started = Date.now();
  let settled = 0;
  let last = '';
  const clear = '\r\u001b[2K';
  const lines = lineView(verbose, (line) => process.stdout.write(`${clear}${line}\n${last}`));
  const refresh = () => {
    const seconds = Math.max(0.1, (Date.now() - started) / 1000);
    last = `${settled} settled · ${Math.round(settled / seconds)}/s`.slice(0, process.stdout.columns - 1);
    process.stdout.write(clear + last);
  };
  const timer = setInterval(refresh, refreshMs);
  return {
    ...lines,
    event(event) {
      if (event.kind === 'settled' || event.kind === 'rejected') settled += 1;
      lines.event(event);
    },
    end(summary) {
      clearInterval(timer);
      process.stdout.write(clear);
      last = '';
      lines.end(summary);
    },
  };
}

function lineView(verbose: boolean, write: (line: string) => void): View {
  return {
    event(event) {
      switch (event.kind) {
        case 'started':
          write(`Started: isolation ${event.isolation} by ${event.by}.`);
          for (const error of event.refused) write(`Refused a plugin: ${worded(error)}`);
          for (const warning of event.warnings) write(`Warning: ${inOneLine(warning)}`);
          for (const line of recoveryLines(event.recovery)) write(line);
          return;
        case 'settled': {
          const { source, id, task } = event.line;
          if (verbose || isNotable(event.settled))
            write(settledLine(`${source.file}:${source.line}`, task.tool ?? null, event.settled, id, event.line));
          return;
        }
        case 'rejected':
          return write(settledLine(`${event.file}:${event.line}`, null, event.settled));
        case 'parked':
          return write(`… waiting   ${event.parked.line.id} ${waitsForText(event.parked.waitsFor)}`);
        case 'released':
          if (event.error instanceof KernelStops || event.error instanceof ArbiterError)
            return write(`… left      ${event.line.id}: ${event.error.message}`);
          return write(`! released  ${event.line.id}: a bug of the kernel: ${event.error.stack}`);
        case 'claimed':
          return write(`> ${event.recovered ? 'goes on with' : 'claimed'} ${event.file}`);
        case 'stop-file':
          return write(`Stopping: there is a file ${event.file}. What runs may end, nothing new is started.`);
        case 'finished':
          return write(`< finished ${event.claim.file}`);
      }
    },
    running(home, once) {
      if (!once) write(`Watching ${home.inbox}. Ctrl-C stops.`);
    },
    notice: write,
    end: ({ outcomes, released }) => write(summaryLine(outcomes, released)),
  };
}

function isNotable({ outcome, effects }: Settled): boolean {
  return outcome !== 'done' || (effects?.files.length ?? 0) > 0;
}

function settledLine(place: string, tool: string | null, settled: Settled, id?: string, line?: TaskLine): string {
  const { outcome, error, effects, note, entry } = settled;
  const mark = outcome === 'done' ? '✓' : outcome === 'planned' ? '◦' : '✗';
  const changed = effects ? ` ${effects.files.length} file(s) ${outcome === 'done' ? 'changed' : 'would change'}` : '';
  const said = error ? ` ${error.message} ${error.remedy} (${error.code})` : '';
  const branch = note && line ? ` ${note}` : '';
  const name = id && line?.task.id ? ` ${id}` : '';
  return plain(
    `${mark} ${outcome.padEnd(11)}${place}${tool ? ` ${tool}` : ''}${name}${error ? '' : changed}${branch}${said} [entry ${entry}]`,
  );
}

function recoveryLines({
  finished,
  aborted,
  quarantined,
  copiesRemoved,
}: {
  finished: string[];
  aborted: string[];
  quarantined: string[];
  copiesRemoved: number;
}): string[] {
  return [
    ...finished.map((id) => `Recovered: the effects of ${id} are in place.`),
    ...aborted.map(
      (id) => `Recovered: nothing of ${id} was applied; its line runs again, a command about it can be given again.`,
    ),
    ...quarantined.map((id) => `Recovered: ${id} was applied in part and needs a person; see arbiter show ${id}.`),
    ...(copiesRemoved > 0 ? [`Recovered: removed ${copiesRemoved} private copies.`] : []),
  ];
}

function summaryLine(outcomes: Summary['outcomes'], released: number): string {
  const counts = Object.entries({ ...outcomes, released }).filter(([, count]) => count > 0);
  return counts.length === 0
    ? 'Nothing to do.'
    : `Ended: ${counts.map(([name, count]) => `${count} ${name}`).join(', ')}.`;
}

function jsonOf({ outcome, ...rest }: Settled): object {
  return { status: outcome, ...rest };
}
