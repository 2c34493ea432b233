// arbiter ledger head: where the ledger ends, and its latest checkpoint.
import type { Command } from 'commander';
import { metaOf, openForReading, verifierKeys } from '../../ledger/store.ts';
import { contextOf, demandHome } from '../context.ts';
import { existingLedger } from './place.ts';

export function addHead(ledger: Command): void {
  ledger
    .command('head')
    .description('where the ledger ends, its latest signed checkpoint, and the key to check it with')
    .action((_options: object, command: Command) => {
      const context = contextOf(command);
      const store = openForReading(existingLedger(demandHome(context)));
      try {
        const last = store.prepare('SELECT seq, leaf_hash AS leaf FROM entry ORDER BY seq DESC LIMIT 1').get();
        const { seq, leaf } = (last as { seq: number; leaf: Buffer } | undefined) ?? { seq: 0, leaf: Buffer.alloc(32) };
        const checkpoint =
          store.prepare('SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1').pluck().get() ?? null;
        const key = verifierKeys(store).at(-1) ?? null;
        const head = { id: metaOf(store, 'id'), entries: seq, head: leaf.toString('hex'), key, checkpoint };
        const lines = [
          `${seq} entries, head ${seq}:${head.head}`,
          `key ${key ?? 'none yet'}`,
          '',
          checkpoint ?? 'no checkpoint yet',
        ];
        context.output.show(head, lines.join('\n').trimEnd());
      } finally {
        store.close();
      }
    });
}
