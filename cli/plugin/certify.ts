// arbiter plugin certify: runs the conformance levels, and signs what they found.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type Level, levels } from '../../conformance/requirements.ts';
import type { Verdict } from '../../conformance/run/conform.ts';
import type { Certificate } from '../../contracts/generated/certificate.v1.ts';
import { asCount } from '../arguments.ts';
import { addChangeOptions, type ChangeOptions, changedPlugins } from '../changed-plugins.ts';
import { addExtentOptions, type ExtentOptions, extentOf } from '../conformance-extent.ts';
import { contextOf } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { recordEvent } from '../record-event.ts';
import { signingKey } from './signing.ts';

interface CertifyOptions extends ExtentOptions, ChangeOptions {
  readonly level: Level;
  readonly key?: string;
  readonly days: number;
  readonly out?: string;
}

const usualDays = 365;

export function addCertify(plugin: Command): void {
  const command = plugin
    .command('certify')
    .description('run plugins through the conformance levels, and sign the level that each reached with its digest')
    .argument('<plugin...>', 'folders of plugins; certificate.json is written into each')
    .addOption(new Option('--level <level>', 'the last level to run').choices(levels).default('L5'))
    .option('--key <file>', 'private key (default: $ARBITER_CERTIFY_KEY, else the one in trust/ of the home)')
    .option('--days <n>', 'how long it counts', asCount, usualDays)
    .option('--out <dir>', 'write every report into this folder as well')
    .action(async (plugins: string[], options: CertifyOptions, command: Command) => {
      const { level, days, out } = options;
      const { home, output } = contextOf(command);
      const key = signingKey(home, options.key);
      const extent = extentOf(options, home);
      // They bring mocha along, which no other command about plugins needs.
      const { conform } = await import('../../conformance/run/conform.ts');
      const { certify } = await import('../../conformance/certify/certify.ts');
      const { render } = await import('../../conformance/run/report.ts');
      const { writeReports } = await import('../../conformance/run/write-reports.ts');
      const verdicts: Verdict[] = [];
      for (const folder of await changedPlugins(plugins, options))
        verdicts.push(await conform(resolve(folder), { level, ...extent }));
      if (out !== undefined) writeReports(out, verdicts);
      if (verdicts.length === 0) output.show({ certified: 0 }, render('spec', verdicts).trimEnd());
      for (const verdict of verdicts.sort(reachedFirst)) {
        const certificate = await certify(verdict, { key, days, now: new Date() });
        output.show(certificate, `${render('spec', [verdict])}${certifiedText(verdict, certificate)}`);
        if (existsSync(home.settings)) await recordEvent(home, 'certified', eventOf(certificate));
        if (verdict.reached !== level) process.exitCode = exitCodes.someFailed;
      }
    });
  addChangeOptions(addExtentOptions(command));
}

/** What reached no level cannot be certified, which ends the command: the others come before it. */
function reachedFirst(left: Verdict, right: Verdict): number {
  return Number(left.reached === null) - Number(right.reached === null);
}

function eventOf({ subject, predicate: { plugin, level, expiresAt } }: Certificate): object {
  return { plugin: plugin.id, version: plugin.version, level, digest: `sha256:${subject[0].digest.sha256}`, expiresAt };
}

function certifiedText({ folder }: Verdict, { predicate: { plugin, level, expiresAt } }: Certificate): string {
  return `Certified ${plugin.id} ${plugin.version} at ${level}, until ${expiresAt.slice(0, 10)}: certificate.json in ${folder}`;
}
