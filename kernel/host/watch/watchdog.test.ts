// Watches this very process, whose use is known to be more than nothing.
import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { CategoryBudget } from '../../../contracts/generated/performance.v1.ts';
import { roomyLimits } from '../fixtures/start-misbehaving.ts';
import { usageOf } from './usage.ts';
import { newWatchdog, type Watch, type Watchdog } from './watchdog.ts';

const plenty = 1_000_000;
const unlimited: CategoryBudget = {
  ...roomyLimits,
  ...{ memoryMb: plenty, cpuSeconds: plenty, processes: plenty, openFiles: plenty },
};

interface Box {
  readonly watch: Watch;
  /** How often it was looked at. */
  looks: number;
  busy: boolean;
  readonly breaches: (readonly [limit: string, detail: string])[];
}

describe('the watchdog', () => {
  let watchdog: Watchdog;
  /** What performance.now() goes on by at each call, milliseconds. */
  let stepMs: number;

  beforeEach(() => {
    let now = 0;
    stepMs = 0;
    mock.timers.enable({ apis: ['setTimeout'] });
    mock.method(performance, 'now', () => (now += stepMs));
    watchdog = newWatchdog();
  });

  afterEach(() => {
    watchdog.stop();
    mock.timers.reset();
    mock.restoreAll();
  });

  function watched(limits: Partial<CategoryBudget> = {}, onBreach: () => void = () => undefined): Box {
    const seen = { looks: 0, busy: false, breaches: [] as [string, string][] };
    const watch = watchdog.watch({
      ...{ pid: process.pid, limits: { ...unlimited, ...limits } },
      busy() {
        seen.looks += 1;
        return seen.busy;
      },
      onBreach(limit, detail) {
        seen.breaches.push([limit, detail]);
        onBreach();
      },
    });
    return Object.assign(seen, { watch });
  }

  it('names the limit that is reached, and says by what', () => {
    const reached: [keyof CategoryBudget, RegExp][] = [
      ['memoryMb', /^its processes held \d+ MB$/],
      ['cpuSeconds', /^its processes used \d+\.\d s$/],
      ['processes', /^it had \d+ processes and threads$/],
      ['openFiles', /^one of its processes had \d+ open$/],
    ];
    const boxes = reached.map(([limit]) => watched({ [limit]: 0 }));

    pass(1_000);

    for (const [index, [limit, detail]] of reached.entries()) {
      const [breach, ...more] = boxes[index]?.breaches ?? [];
      assert.deepEqual([breach?.[0], more], [limit, []]);
      assert.match(breach?.[1] ?? '', detail);
    }
  });

  it('says nothing of a box that keeps its limits', () => {
    const box = watched();

    pass(1_000);

    assert.deepEqual([box.looks, box.breaches], [1, []]);
  });

  it('looks once a second while nobody works', () => {
    const box = watched();

    pass(999);
    assert.equal(box.looks, 0);
    pass(1);
    assert.equal(box.looks, 1);
    pass(3_000);
    assert.equal(box.looks, 4);
  });

  it('looks twenty times a second from when a task comes until there is none', () => {
    const box = watched();
    box.busy = true;

    box.watch.hurry();
    pass(49);
    assert.equal(box.looks, 0);
    pass(1);
    assert.equal(box.looks, 1);
    pass(100);
    assert.equal(box.looks, 3);
    box.busy = false;
    pass(50);
    assert.equal(box.looks, 4);
    pass(999);
    assert.equal(box.looks, 4);
    pass(1);
    assert.equal(box.looks, 5);
  });

  it('is not put off by one task after another', () => {
    const box = watched();
    box.busy = true;

    for (let task = 0; task < 10; task++) {
      box.watch.hurry();
      pass(10);
    }

    assert.equal(box.looks, 2);
  });

  it('rests thirty times as long as a round takes', () => {
    const box = watched();
    box.busy = true;
    stepMs = 5;
    box.watch.hurry();
    pass(50);

    pass(149);
    assert.equal(box.looks, 1);
    pass(1);
    assert.equal(box.looks, 2);
  });

  it('looks at a box that works every quarter of a second, however long a look takes', () => {
    const box = watched();
    box.busy = true;
    stepMs = 400;
    box.watch.hurry();
    pass(50);

    pass(249);
    assert.equal(box.looks, 1);
    pass(1);
    assert.equal(box.looks, 2);
  });

  it('forgets a box that has ended, and goes on with the others', () => {
    const [first, second] = [watched(), watched()];
    pass(1_000);

    first.watch.end();
    pass(1_000);

    assert.deepEqual([first.looks, second.looks], [1, 2]);
    assert.equal(first.watch.worn, false);
  });

  it('forgets a box that ends because of another, in the middle of a round', () => {
    const first = watched({ memoryMb: 0 }, () => second.watch.end());
    const second = watched();

    pass(3_000);

    assert.deepEqual([first.looks, second.looks], [3, 0]);
  });

  it('begins again with the next box after all have ended', () => {
    watched().watch.end();
    pass(5_000);
    const next = watched();

    pass(1_000);

    assert.equal(next.looks, 1);
  });

  it('looks at nothing once it is stopped', () => {
    const box = watched();

    watchdog.stop();
    pass(5_000);

    assert.equal(box.looks, 0);
  });

  it('calls a box worn that has used most of what its life may take', () => {
    const used = usageOf(process.pid, Number.POSITIVE_INFINITY);
    const [memoryMb, cpuSeconds] = [1.4 * (used.memory / 1024 / 1024), 1.4 * used.cpuSeconds];
    const boxes = [watched(), watched({ memoryMb }), watched({ cpuSeconds })];
    assert.deepEqual(worn(boxes), [false, false, false]);

    pass(1_000);

    assert.deepEqual(worn(boxes), [false, true, true]);
    assert.deepEqual(
      boxes.map(({ breaches }) => breaches.length),
      [0, 0, 0],
    );
  });
});

/** In small steps, for what a timer starts counts from the end of a step. */
function pass(ms: number): void {
  for (let passed = 0; passed < ms; passed++) mock.timers.tick(1);
}

const worn = (boxes: readonly Box[]) => boxes.map(({ watch }) => watch.worn);
