// arbiter tasks: what is running, waiting, and what ended last.
import { existsSync, readdirSync } from 'node:fs';
import type { Command } from 'commander';
import { ask } from '../kernel/control.ts';
import { openWaitingRoom, waitsForText } from '../kernel/queue/waiting.ts';
import { openReader } from '../ledger/reader.ts';
import { asCount } from './arguments.ts';
import { contextOf, demandHome } from './context.ts';
import { plain, table } from './output.ts';

interface Row {
  readonly id: string;
  readonly status: string;
  readonly tool: string | null;
  readonly detail: string;
  readonly entry?: number;
}

interface Status {
  readonly running: readonly { id: string; tool: string | null; box: string | null; sinceMs: number }[];
  readonly ready: number;
}

export function addTasks(program: Command): void {
  program
    .command('tasks')
    .description('what is running, waiting, and what ended last')
    .option('--last <n>', 'how many ended tasks to show', asCount, 20)
    .option('--status <status>', 'only those')
    .action(async (options: { last: number; status?: string }, command: Command) => {
      const context = contextOf(command);
      const home = demandHome(context);
      const status = (await ask(home.socket, { command: 'status' })) as Status | null;
      // What rests before its next attempt waits, and says until when; what has one before it is under way.
      const running = (status?.running ?? []).filter(({ box }) => box !== 'backoff');
      const underWay = new Set(running.map(({ id }) => id));
      const parked = existsSync(home.waiting) ? [...openWaitingRoom(home.waiting).all()] : [];
      const rows: Row[] = [
        ...running.map(({ id, tool, box, sinceMs }) => ({
          id,
          status: 'running',
          tool,
          detail: `in ${box} for ${sinceMs} ms`,
        })),
        ...parked
          .filter(({ line }) => !underWay.has(line.id))
          .map(({ line, waitsFor }) => ({
            id: line.id,
            status: 'waiting',
            tool: line.task.tool ?? null,
            detail: waitsForText(waitsFor),
          })),
        ...ended(home.ledger, options.last),
      ].filter((row) => options.status === undefined || row.status === options.status);
      const pending = existsSync(home.inbox) ? readdirSync(home.inbox).filter((name) => name.endsWith('.jsonl')) : [];
      const text = [
        table(
          ['entry', 'status', 'tool', 'id', ''],
          rows.map(({ entry, status, tool, id, detail }) =>
            [`${entry ?? ''}`, status, tool ?? '', id, detail].map(plain),
          ),
        ),
        ...(status ? [`${status.ready} more are ready to run.`] : ['No kernel runs here.']),
        ...(pending.length > 0 ? [`${pending.length} file(s) in the inbox are not claimed yet.`] : []),
      ];
      context.output.show({ tasks: rows, inbox: pending, kernel: status !== null }, text.join('\n'));
    });
}

function ended(ledger: string, last: number): Row[] {
  if (!existsSync(ledger)) return [];
  const reader = openReader(ledger);
  try {
    return reader.latest(last, 'task').flatMap(({ seq, taskKey, body }) => {
      if (body.kind !== 'task') return [];
      const tool = typeof body.task?.tool === 'string' ? body.task.tool : null;
      return [{ id: taskKey, status: body.outcome, tool, detail: body.error?.message ?? '', entry: seq }];
    });
  } finally {
    reader.close();
  }
}
