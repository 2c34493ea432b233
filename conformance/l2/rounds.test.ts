import assert from 'node:assert/strict';
import type { ResultLine } from '../../contracts/generated/result.v1.ts';
import { newRounds, type Task } from './rounds.ts';

const answer = (task: Task) => ({ id: task.id }) as unknown as ResultLine;

describe('Rounds of scenarios', () => {
  it('take one kernel for what all of them run first, another for what some run next', async () => {
    const batches: unknown[] = [];
    const rounds = newRounds(async (tasks) => {
      batches.push(tasks.map(({ id }) => id));
      return tasks.map(answer);
    });
    const came: unknown[] = [];
    const scenario = (ids: readonly string[]) =>
      rounds.play(async () => {
        for (const id of ids) came.push((await rounds.run({ id })).id);
      });

    await Promise.all([scenario(['a', 'd']), scenario([]), scenario(['b']), scenario(['c', 'e'])]);

    assert.deepEqual(batches, [
      ['a', 'b', 'c'],
      ['d', 'e'],
    ]);
    assert.deepEqual(came.sort(), ['a', 'b', 'c', 'd', 'e']);
  });

  it('go on where a scenario ends early, and tell each one that there was no kernel', async () => {
    const rounds = newRounds(() => Promise.reject(new Error('no kernel')));
    const failing = rounds.play(() => Promise.reject(new Error('its own')));
    const running = rounds.play(async () => void (await rounds.run({ id: 'a' })));

    await assert.rejects(failing, /its own/);
    await assert.rejects(running, /no kernel/);
  });
});
