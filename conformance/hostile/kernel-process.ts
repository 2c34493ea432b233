// Runs one kernel in a process of its own, so that the runner outlives whatever happens to it. The order comes as a line
// on stdin, once the number of this process is known to the attacks; what happens goes to stdout, a line each.
import { writeFileSync } from 'node:fs';
import { json } from 'node:stream/consumers';
import { ArbiterError } from '../../contracts/errors.ts';
import { homeAt } from '../../kernel/home.ts';
import { startKernel } from '../../kernel/main.ts';
import type { Level } from './case.ts';

export interface Order {
  readonly home: string;
  readonly level: Level;
  /** Written as soon as the kernel has loaded its plugins. */
  readonly afterLoad: readonly { readonly file: string; readonly content: string }[];
}

export type Report =
  | { readonly kind: 'started'; readonly isolation: string; readonly by: string; readonly refused: readonly string[] }
  | { readonly kind: 'settled'; readonly id: string }
  | { readonly kind: 'released'; readonly id: string; readonly message: string }
  | { readonly kind: 'ended'; readonly peakMb: number }
  | { readonly kind: 'unavailable'; readonly message: string };

const order = (await json(process.stdin)) as Order;

try {
  const kernel = await startKernel({
    home: homeAt(order.home),
    isolation: order.level,
    once: true,
    onEvent(event) {
      if (event.kind === 'started') {
        for (const { file, content } of order.afterLoad) writeFileSync(file, content);
        const { isolation, by, refused } = event;
        report({ kind: 'started', isolation, by, refused: refused.map(({ message }) => message) });
      } else if (event.kind === 'settled') report({ kind: 'settled', id: event.line.id });
      else if (event.kind === 'released')
        report({ kind: 'released', id: event.line.id, message: event.error.stack ?? event.error.message });
    },
  });
  await kernel.ended;
  report({ kind: 'ended', peakMb: Math.round(process.resourceUsage().maxRSS / 1024) });
} catch (error) {
  if (!(error instanceof ArbiterError)) throw error;
  report({ kind: 'unavailable', message: `${error.message} ${error.remedy}` });
}

function report(what: Report): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
