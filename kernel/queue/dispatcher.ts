// Decides which task runs next: the most urgent one whose lane and the whole kernel have a free place. A lane is a
// plugin, so that tasks of a busy one do not keep the others waiting.
import { setTimeout as delay } from 'node:timers/promises';
import { goesBefore, newReadyHeap, type ReadyHeap } from './ready-heap.ts';

/** Not a fault of the task: it stays claimed. */
export class KernelStops extends Error {
  override readonly name = 'KernelStops';
}

export interface Dispatcher<Item> {
  add(item: Item, lane: string, priority: number): void;
  /**
   * Gives an item's place away while it waits for a time, which `cut` ends early; resolves when it has one again, rejects
   * when draining.
   */
  rest(lane: string, delayMs: number, cut?: AbortSignal): Promise<void>;
  /** Takes an item back that has not started; false when it has. */
  withdraw(matches: (item: Item) => boolean): Item | undefined;
  /** Stops starting items. */
  drain(): void;
}

export interface DispatcherOptions<Item> {
  /** Most items running at a time. */
  readonly concurrency: number;
  /** Most items of a lane running at a time. */
  capacityOf(lane: string): number;
  /** Runs an item; must not reject. */
  run(item: Item): Promise<void>;
}

type Waiting<Item> = { readonly start: () => void; readonly item?: Item };

const defaultPriority = 5;

export function newDispatcher<Item>(options: DispatcherOptions<Item>): Dispatcher<Item> {
  const lanes = new Map<string, { heap: ReadyHeap<Waiting<Item>>; running: number }>();
  const withdrawn = new Set<Item>();
  let running = 0;
  let order = 0;
  const drained = new AbortController();
  let scheduled = false;

  function laneAt(name: string) {
    let lane = lanes.get(name);
    if (!lane) lanes.set(name, (lane = { heap: newReadyHeap(() => order++), running: 0 }));
    return lane;
  }

  /** Starts what can start, once per turn of the event loop however many were added. */
  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      while (!drained.signal.aborted && running < options.concurrency && startNext());
    });
  }

  function startNext(): boolean {
    let best: string | null = null;
    for (const [name, { heap, running: busy }] of lanes)
      if (
        heap.size > 0 &&
        busy < options.capacityOf(name) &&
        (best === null || goesBefore(heap.peek(), laneAt(best).heap.peek()))
      )
        best = name;
    if (best === null) return false;
    const next = laneAt(best).heap.pop();
    if (next?.item !== undefined && withdrawn.delete(next.item)) return true;
    take(best);
    next?.start();
    return true;
  }

  function take(name: string): void {
    running += 1;
    laneAt(name).running += 1;
  }

  function give(name: string): void {
    running -= 1;
    laneAt(name).running -= 1;
    schedule();
  }

  const items = new Set<Item>();
  return {
    add(item, lane, priority) {
      items.add(item);
      const start = () => {
        items.delete(item);
        void options.run(item).finally(() => give(lane));
      };
      laneAt(lane).heap.push({ start, item }, priority);
      schedule();
    },
    async rest(lane, delayMs, cut) {
      give(lane);
      try {
        const signal = cut ? AbortSignal.any([drained.signal, cut]) : drained.signal;
        await delay(delayMs, undefined, { signal }).catch((error) => {
          if (drained.signal.aborted) throw error;
        });
        await new Promise<void>((resolve, reject) => {
          const start = () => {
            drained.signal.removeEventListener('abort', reject);
            resolve();
          };
          drained.signal.addEventListener('abort', reject, { once: true });
          laneAt(lane).heap.push({ start }, defaultPriority);
          schedule();
        });
      } catch {
        take(lane);
        throw new KernelStops('its next attempt comes when the kernel is started again');
      }
    },
    withdraw(matches) {
      for (const item of items) {
        if (!matches(item)) continue;
        items.delete(item);
        withdrawn.add(item);
        return item;
      }
      return undefined;
    },
    drain() {
      drained.abort();
    },
  };
}
