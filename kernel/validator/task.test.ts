import assert from 'node:assert/strict';
import { contractSchema } from '../../contracts/check.ts';
import { checkTask } from './task.ts';

describe('checking a task', () => {
  it('takes the examples of its contract as they are', () => {
    const { examples } = contractSchema('task.v1') as { examples: object[] };
    assert.ok(examples.length > 0);
    for (const example of examples) assert.equal(checkTask(example), example);
  });

  it('refuses an unknown key and says which one may be meant', () => {
    assert.throws(() => checkTask({ tool: 'git-status', workspce: '/x' }), {
      code: 'TASK_UNKNOWN_KEY',
      message: 'The task has an unknown key "workspce".',
      expected: 'Only the keys of task.v1.',
      remedy: 'Did you mean "workspace"?',
    });
  });

  it('refuses a value that does not fit and says what would', () => {
    assert.throws(() => checkTask({ tool: 'git-status', priority: 'high' }), {
      code: 'TASK_INVALID',
      message: 'The task does not fit task.v1: /priority is a string.',
      expected: 'an integer.',
      remedy: '1 is most urgent, 10 least; 5 when left out.',
    });
  });

  it('refuses a task with neither tool nor request, and one with both', () => {
    assert.throws(() => checkTask({}), {
      code: 'TASK_INVALID',
      message: 'The task does not fit task.v1: the top has no "tool".',
    });
    assert.throws(() => checkTask({ tool: 'a', request: 'b' }), {
      code: 'TASK_INVALID',
      message: 'The task does not fit task.v1: it has both a tool and a request.',
      expected: 'Either "tool" or "request".',
      remedy: 'Remove one of them.',
    });
  });
});
