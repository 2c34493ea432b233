import assert from 'node:assert/strict';
import { type LimitName, limitInSignal, limitInWords } from './limit-behind.ts';

const said: Readonly<Partial<Record<LimitName, readonly string[]>>> = {
  openFiles: [
    "Error: EMFILE: too many open files, open '/tmp/a'",
    "OSError: [Errno 24] Too many open files: '/tmp/a'",
    'sh: 1: cannot open /tmp/a: Too many open files',
  ],
  fileMb: ['Error: EFBIG: file too large, write', 'OSError: [Errno 27] File too large'],
  scratchMb: ['Error: ENOSPC: no space left on device, write', 'cp: error writing: No space left on device'],
  processes: [
    'Error: spawn /bin/sh EAGAIN',
    'fork: retry: Resource temporarily unavailable',
    "RuntimeError: can't start new thread",
  ],
  memoryMb: [
    'Error: spawn ENOMEM',
    'fork: Cannot allocate memory',
    'MemoryError',
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    'RangeError: Array buffer allocation failed',
  ],
};

describe('the limit behind what a program said', () => {
  for (const [limit, sentences] of Object.entries(said))
    it(`is ${limit}, as Node, Python or a shell word it`, () => {
      for (const sentence of sentences)
        assert.equal(limitInWords(`at line 1\n${sentence}\nat line 3`), limit, sentence);
    });

  it('is none where no limit is spoken of', () => {
    for (const sentence of ['', 'there is no such file', 'ENOENT', 'NOT_EMFILED', 'the file is not too large'])
      assert.equal(limitInWords(sentence), null, sentence);
  });
});

describe('the limit behind a signal', () => {
  it('is the CPU time or the size of a file', () => {
    assert.deepEqual([limitInSignal('SIGXCPU'), limitInSignal('SIGXFSZ')], ['cpuSeconds', 'fileMb']);
  });

  it('is none where another signal, or no signal, ended it', () => {
    for (const signal of ['SIGKILL', 'SIGSEGV', '', null]) assert.equal(limitInSignal(signal), null);
  });
});
