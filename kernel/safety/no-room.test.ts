import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { ArbiterError, fault } from '../../contracts/errors.ts';
import { orNoRoom } from './no-room.ts';

function writeToFullDisk(): unknown {
  try {
    writeFileSync('/dev/full', 'x');
  } catch (error) {
    return error;
  }
  throw new Error('/dev/full took something.');
}

describe('a full disk', () => {
  it('has a fault of its own, whoever met it', () => {
    const ledger = fault('LEDGER_UNUSABLE', { path: '/l', detail: 'database or disk is full' });
    for (const [error, message] of [
      [writeToFullDisk(), 'There is no room left to write: ENOSPC: no space left on device, write.'],
      [
        new Error('fatal: unable to write file: No space left on device\nmore'),
        'There is no room left to write: fatal: unable to write file: No space left on device.',
      ],
      [ledger, 'There is no room left to write: The ledger /l cannot be used: database or disk is full.'],
    ] as const) {
      const found = orNoRoom(error);
      assert.ok(found instanceof ArbiterError);
      assert.deepEqual([found.code, found.message, found.retryable], ['DISK_FULL', message, true]);
    }
  });

  it('is not what another fault or bug is called', () => {
    const limit = fault('EFFECT_NOT_APPLIED', { detail: 'ENOSPC: no space left on device' });
    for (const error of [limit, new Error('EACCES'), 'ENOSPC', null]) assert.equal(orNoRoom(error), error);
  });
});
