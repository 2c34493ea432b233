// The kernel's side of the writer thread: append gives a promise that resolves once the entry is durable.
import { Worker } from 'node:worker_threads';
import { fault } from '../contracts/errors.ts';
import type { NewEntry } from './append.ts';
import type { FromWriter, ToWriter } from './writer-thread.ts';

export interface LedgerWriter {
  /** Resolves with the entry's number once it is on disk; rejects with LEDGER_UNUSABLE when it cannot be kept. */
  append(entry: NewEntry): Promise<number>;
  /** Writes what is pending, signs and publishes a last checkpoint, lets go of the lock. */
  close(): Promise<void>;
}

interface Waiting {
  resolve(seq: number): void;
  reject(error: Error): void;
}

/**
 * Takes the writer's lock of the ledger at `path` and starts its thread. Checkpoints are published beside the ledger,
 * below XDG_STATE_HOME, and in the files of `publish`. Rejects with HOME_BUSY or LEDGER_UNUSABLE.
 */
export async function openLedger(path: string, publish: readonly string[] = []): Promise<LedgerWriter> {
  const thread = new Worker(siblingModule('writer-thread'), {
    workerData: { path, publish },
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  });
  const unacknowledged: Waiting[] = [];
  let batch: NewEntry[] = [];
  let broken: Error | undefined;
  let closing = false;

  const post = (message: ToWriter) => thread.postMessage(message);
  const breakWith = (error: Error) => {
    broken ??= error;
    for (const waiting of unacknowledged.splice(0)) waiting.reject(broken);
  };

  // However the thread ends, whoever waits for it gets an answer.
  const ended = new Promise<void>((resolve) => {
    thread.on('exit', () => {
      breakWith(fault('LEDGER_UNUSABLE', { path, detail: 'its writer has ended' }));
      resolve();
    });
  });

  await new Promise<void>((resolve, reject) => {
    thread.on('message', (message: FromWriter) => {
      if ('appended' in message) {
        for (const [index, waiting] of unacknowledged.splice(0, message.appended.length).entries())
          waiting.resolve(message.appended[index] as number);
      } else if ('ready' in message) resolve();
      else {
        const { code, message: detail } = message.unusable;
        const error =
          code === 'HOME_BUSY'
            ? fault('HOME_BUSY', { path: homeOf(path) })
            : fault('LEDGER_UNUSABLE', { path, detail });
        breakWith(error);
        reject(error);
      }
    });
    thread.on('error', (error) => {
      breakWith(error as Error);
      reject(error);
    });
    ended.then(() => reject(broken));
  });

  function flush(): void {
    if (batch.length > 0) post({ append: batch });
    batch = [];
  }

  return {
    append(entry) {
      if (broken || closing)
        return Promise.reject(broken ?? fault('LEDGER_UNUSABLE', { path, detail: 'it was closed' }));
      if (batch.length === 0) setImmediate(flush);
      batch.push(entry);
      return new Promise((resolve, reject) => unacknowledged.push({ resolve, reject }));
    },
    close() {
      flush();
      closing = true;
      post({ close: true });
      return ended;
    },
  };
}

function homeOf(path: string): string {
  return path.replace(/[/\\]ledger[/\\][^/\\]+$/, '');
}

/** A module beside this one, in whichever form this one runs: TypeScript in a clone, JavaScript when published. */
function siblingModule(name: string): URL {
  return new URL(`./${name}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
}
