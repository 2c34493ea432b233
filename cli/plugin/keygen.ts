// arbiter plugin keygen: a pair of keys to sign certificates with.
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { makeKey } from '../../conformance/certify/signing-key.ts';
import { contextOf, demandHome } from '../context.ts';

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export function addKeygen(plugin: Command): void {
  plugin
    .command('keygen')
    .description('make a pair of keys to sign certificates with')
    .argument('<name>', 'whose it is: letters, digits, dots and hyphens')
    .option('--out <dir>', "where to put it (default: the home's trust/, so that it is trusted there)")
    .action((name: string, { out }: { out?: string }, command: Command) => {
      if (!namePattern.test(name)) throw new InvalidArgumentError(`${name} is no name for a key.`);
      const context = contextOf(command);
      const folder = out === undefined ? demandHome(context).trust : resolve(out);
      mkdirSync(folder, { recursive: true });
      const files = makeKey(folder, name);
      context.output.show(
        files,
        `Made ${files.secret}: keep it to yourself.\nMade ${files.public}: whoever puts it into trust/ of a home trusts what you certify.`,
      );
    });
}
