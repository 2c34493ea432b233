// arbiter plugin publish: to a registry of npm's kind, and only what is certified.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type Level, levels } from '../../conformance/requirements.ts';
import { loadPlugin } from '../../kernel/loader/load-plugin.ts';
import { readTrust, readTrustedKey } from '../../kernel/loader/trust.ts';
import { contextOf } from '../context.ts';
import { checkPackage } from './check-package.ts';
import { npm } from './npm.ts';
import { unpack } from './unpack.ts';

interface PublishOptions {
  readonly registry: string;
  readonly level: Level;
  readonly trust: readonly string[];
  readonly tag?: string;
  readonly access?: string;
  readonly provenance?: boolean;
  readonly dryRun?: boolean;
}

export function addPublish(plugin: Command): void {
  plugin
    .command('publish')
    .description('pack a plugin with npm, check the package and its certificate, and send it to a registry')
    .argument('[dir]', "the plugin's folder", '.')
    .requiredOption('--registry <url>', 'where to send it; the token is in the settings of npm')
    .addOption(new Option('--level <level>', 'the least that its certificate has to say').choices(levels).default('L0'))
    .option('--trust <file...>', 'public keys whose certificates count, besides those in trust/ of the home', [])
    .option('--tag <tag>', 'npm’s tag for it (default: latest)')
    .addOption(new Option('--access <access>', 'of a package with a scope').choices(['public', 'restricted']))
    .option('--provenance', 'have npm sign where it was built, for registries that keep that')
    .option('--dry-run', 'everything but sending it')
    .action(async (dir: string, options: PublishOptions, command: Command) => {
      const { home, output } = contextOf(command);
      const folder = resolve(dir);
      const trust = [...readTrust(home.trust), ...options.trust.map((file) => readTrustedKey(resolve(file)))];
      const plugin = loadPlugin(folder, null, null, trust);
      const place = mkdtempSync(join(tmpdir(), 'arbiter-publish-'));
      try {
        await npm(folder, ['pack', '--pack-destination', place]);
        const tarball = join(place, readdirSync(place)[0] as string);
        const packed = await unpack(tarball, join(place, 'unpacked'));
        const demands = { level: options.level, trust, now: new Date() };
        const { name, certificate } = checkPackage(packed, plugin, demands);
        if (!options.dryRun) await npm(place, ['publish', tarball, ...npmOptions(name, options)]);
        const { version } = plugin.spec;
        const published = !options.dryRun;
        output.show(
          { plugin: plugin.spec.id, version, package: name, digest: plugin.digest, certificate, published },
          `${published ? 'Published' : 'Would publish'} ${name} ${version}, certified at ${certificate.level} by ${certificate.key}.`,
        );
      } finally {
        rmSync(place, { recursive: true, force: true });
      }
    });
}

function npmOptions(name: string, { registry, tag, access, provenance }: PublishOptions): string[] {
  const [scope] = /^@[^/]+/.exec(name) ?? [];
  return [
    `--registry=${registry}`,
    // What npm's settings say of the scope would count for more than the registry that was named.
    ...(scope ? [`--${scope}:registry=${registry}`] : []),
    ...(tag ? [`--tag=${tag}`] : []),
    ...(access ? [`--access=${access}`] : []),
    ...(provenance ? ['--provenance'] : []),
  ];
}
