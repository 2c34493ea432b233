// A full disk is nobody's bug: it gets a sentence of its own, whoever met it, this process or git.
import { ArbiterError, fault } from '../../contracts/errors.ts';

const words = /\b(?:ENOSPC|EDQUOT)\b|No space left on device|Disk quota exceeded|disk is full/;

/** The fault that stands for `error`, where it came from a disk that is full; else `error` itself. */
export function orNoRoom(error: unknown): unknown {
  if (!(error instanceof Error) || !words.test(error.message)) return error;
  const told = error instanceof ArbiterError && error.code !== 'LEDGER_UNUSABLE';
  return told ? error : fault('DISK_FULL', { detail: firstLine(error.message) });
}

function firstLine(message: string): string {
  return (message.trim().split('\n')[0] ?? '').replace(/\.$/, '');
}
