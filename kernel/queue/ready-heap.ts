// Tasks that could run, most urgent first, and among equals in the order in which they came.

export interface ReadyHeap<Item> {
  push(item: Item, priority: number): void;
  /** The most urgent item's rank, or null when there is none. */
  peek(): Rank | null;
  pop(): Item | undefined;
  readonly size: number;
}

export interface Rank {
  readonly priority: number;
  readonly order: number;
}

/** `nextOrder` is shared by the heaps that are compared with each other. */
export function newReadyHeap<Item>(nextOrder: () => number): ReadyHeap<Item> {
  const heap: (Rank & { item: Item })[] = [];

  function swap(a: number, b: number): void {
    const kept = heap[a] as (typeof heap)[number];
    heap[a] = heap[b] as (typeof heap)[number];
    heap[b] = kept;
  }

  return {
    get size() {
      return heap.length;
    },
    peek: () => heap[0] ?? null,
    push(item, priority) {
      heap.push({ item, priority, order: nextOrder() });
      for (let at = heap.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1;
        if (!goesBefore(heap[at], heap[parent])) break;
        swap(at, parent);
        at = parent;
      }
    },
    pop() {
      const top = heap[0];
      const last = heap.pop();
      if (top === undefined || last === undefined) return undefined;
      if (heap.length > 0) heap[0] = last;
      for (let at = 0; ; ) {
        const [left, right] = [2 * at + 1, 2 * at + 2];
        let first = at;
        if (goesBefore(heap[left], heap[first])) first = left;
        if (goesBefore(heap[right], heap[first])) first = right;
        if (first === at) return top.item;
        swap(at, first);
        at = first;
      }
    },
  };
}

/** Whether `a` goes before `b`. */
export function goesBefore(a: Rank | null | undefined, b: Rank | null | undefined): boolean {
  if (!a) return false;
  if (!b) return true;
  return a.priority === b.priority ? a.order < b.order : a.priority < b.priority;
}
