// arbiter plugin verify: whether plugins are what their manifests and certificates say.
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type Level, levels } from '../../conformance/requirements.ts';
import { ArbiterError } from '../../contracts/errors.ts';
import type { CertificateRecord } from '../../contracts/generated/ledger.v1.ts';
import { levelAt } from '../../kernel/loader/check-certificate.ts';
import { loadPlugin } from '../../kernel/loader/load-plugin.ts';
import type { LoadedPlugin } from '../../kernel/loader/plugin.ts';
import { readTrust, type Trust } from '../../kernel/loader/trust.ts';
import { contextOf } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { installedPlugins } from '../installed-plugins.ts';
import { plain, table } from '../output.ts';

interface Finding {
  readonly plugin: string;
  readonly version: string | null;
  readonly level: Level | null;
  readonly certificate: CertificateRecord | null;
  /** Why it does not count, or what is wrong with the plugin itself. */
  readonly because: string | null;
}

export function addVerify(plugin: Command): void {
  plugin
    .command('verify')
    .description('check digests and certificates; exit 1 where a plugin has none that counts')
    .argument('[plugin...]', 'folders of plugins (default: all that are installed)')
    .addOption(new Option('--level <level>', 'the least that a certificate has to say').choices(levels).default('L0'))
    .action((folders: string[], { level }: { level: Level }, command: Command) => {
      const { home, output } = contextOf(command);
      const now = new Date().toISOString();
      const trust = readTrust(home.trust);
      const findings =
        folders.length > 0
          ? folders.map((folder) => look(resolve(folder), trust, now))
          : [...installedPlugins(home).byId.values()].map((found) => standing(found, now));
      const rows = findings.map(({ plugin, version, level, because, certificate }) => [
        ...[plain(plugin), plain(version ?? ''), level ?? 'none'],
        plain(because ?? `signed by ${certificate?.key}, until ${certificate?.expiresAt.slice(0, 10)}`),
      ]);
      output.show({ plugins: findings }, table(['plugin', 'version', 'level', ''], rows));
      if (findings.some((found) => found.level === null || found.level < level))
        process.exitCode = exitCodes.someFailed;
    });
}

function look(folder: string, trust: Trust, now: string): Finding {
  try {
    return standing(loadPlugin(folder, null, null, trust), now);
  } catch (error) {
    if (!(error instanceof ArbiterError)) throw error;
    return {
      plugin: folder,
      version: null,
      level: null,
      certificate: null,
      because: `${error.message} (${error.code})`,
    };
  }
}

function standing({ spec, certification }: LoadedPlugin, now: string): Finding {
  const certified = levelAt(certification, now);
  const which = { plugin: spec.id, version: spec.version };
  if ('because' in certified) return { ...which, level: null, certificate: null, because: certified.because };
  return { ...which, level: certified.level, certificate: certified.record, because: null };
}
