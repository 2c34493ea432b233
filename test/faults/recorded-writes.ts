// Reads strace's record of the writer's program: what it wrote where, what it synced, what it published, and what it
// acknowledged, in that order.
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';

export type Happening =
  | { readonly kind: 'write'; readonly file: string; readonly at: number; readonly data: Buffer }
  | { readonly kind: 'truncate'; readonly file: string; readonly size: number }
  | { readonly kind: 'sync'; readonly file: string }
  | { readonly kind: 'publish'; readonly path: string; readonly text: string }
  | { readonly kind: 'acknowledge'; readonly id: string; readonly seq: number };

export const straceOptions = (out: string): string[] => [
  ...['strace', '-y', '-xx', '-s', '300000', '-o', out],
  ...['-e', 'trace=write,pwrite64,fsync,fdatasync,ftruncate,rename', '-e', 'signal=none'],
];

/** Only the ledger's own files count; its index in shared memory is made anew from them. */
export async function readRecord(path: string): Promise<Happening[]> {
  const happenings: Happening[] = [];
  const unpublished = new Map<string, string>();
  for await (const line of createInterface(createReadStream(path))) {
    const call = /^(\w+)\((.*)\) += (-?\d+)/.exec(line);
    if (!call || Number(call[3]) < 0) continue;
    const [name, args] = [call[1] as string, call[2] as string];
    if (name === 'rename') {
      const [from, to] = [...args.matchAll(/"([^"]*)"/g)].map((part) => bytes(part[1] as string).toString()) as [
        string,
        string,
      ];
      happenings.push({ kind: 'publish', path: to, text: unpublished.get(from) ?? '' });
      continue;
    }
    const target = /^(\d+)<([^>]*)>/.exec(args);
    if (!target) continue;
    const [fd, file] = [Number(target[1]), bytes(target[2] as string).toString()];
    const data = bytes(/"([^"]*)"/.exec(args)?.[1] ?? '');
    if (name === 'write' && fd === 1) {
      const [seq, id] = data.toString().trim().split(' ') as [string, string];
      happenings.push({ kind: 'acknowledge', seq: Number(seq), id });
    } else if (name === 'write' && file.endsWith('.new')) unpublished.set(file, data.toString());
    else if (!/ledger\.db(-wal)?$/.test(file)) continue;
    else if (name === 'pwrite64')
      happenings.push({ kind: 'write', file: basename(file), at: Number(/, (\d+)$/.exec(args)?.[1]), data });
    else if (name === 'ftruncate')
      happenings.push({ kind: 'truncate', file: basename(file), size: Number(/, (\d+)$/.exec(args)?.[1]) });
    else if (name === 'fsync' || name === 'fdatasync') happenings.push({ kind: 'sync', file: basename(file) });
  }
  return happenings;
}

/** strace prints \x41 with -xx; paths of descriptors too. */
function bytes(text: string): Buffer {
  return text.includes('\\x') ? Buffer.from(text.replaceAll('\\x', ''), 'hex') : Buffer.from(text);
}
