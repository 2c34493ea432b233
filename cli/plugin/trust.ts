// arbiter plugin trust: whose certificates count in this home.
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { fault } from '../../contracts/errors.ts';
import { publicKeyEnding, readPublicKey, readTrust } from '../../kernel/loader/trust.ts';
import { contextOf, demandHome } from '../context.ts';
import { plain, table } from '../output.ts';

export function addTrust(plugin: Command): void {
  plugin
    .command('trust')
    .description('trust what the holder of a key certifies; without a key, say who is trusted')
    .argument('[file]', 'a public key, as PEM')
    .option('--name <name>', "whose it is (default: the file's name)")
    .action((file: string | undefined, { name }: { name?: string }, command: Command) => {
      const context = contextOf(command);
      const { trust } = demandHome(context);
      if (file !== undefined) takeKey(trust, file, name);
      const keys = readTrust(trust).map(({ name, id }) => ({ name, id }));
      const rows = keys.map(({ name, id }) => [plain(name), id]);
      context.output.show({ keys }, rows.length === 0 ? 'Nobody is trusted.' : table(['trusted', 'key id'], rows));
    });
}

function takeKey(trust: string, file: string, name = basename(file).replace(/\.pub\.pem$|\.pem$/, '')): void {
  if (!existsSync(file)) throw fault('TRUST_INVALID', { path: file, detail: 'there is no such file' });
  readPublicKey(file);
  const path = join(trust, `${basename(name)}${publicKeyEnding}`);
  if (existsSync(path)) throw fault('KEY_EXISTS', { path });
  mkdirSync(trust, { recursive: true });
  copyFileSync(file, path);
}
