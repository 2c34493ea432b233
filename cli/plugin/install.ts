// arbiter plugin install: shows what a plugin may do, asks, and puts it into the home.
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { fault } from '../../contracts/errors.ts';
import { isRunning } from '../../kernel/control.ts';
import { type Home, makeFolders } from '../../kernel/home.ts';
import { certificateFile, levelAt } from '../../kernel/loader/check-certificate.ts';
import type { Plugins } from '../../kernel/loader/find-plugins.ts';
import { loadPlugin } from '../../kernel/loader/load-plugin.ts';
import type { LoadedPlugin } from '../../kernel/loader/plugin.ts';
import { readTrust } from '../../kernel/loader/trust.ts';
import { readSettings } from '../../kernel/settings.ts';
import { contextOf, demandHome } from '../context.ts';
import { installedPlugins } from '../installed-plugins.ts';
import { plain } from '../output.ts';
import { recordEvent } from '../record-event.ts';
import { asksOf, moreThan } from './asks.ts';
import { unpack } from './unpack.ts';

interface InstallOptions {
  readonly yes?: boolean;
  readonly acceptMore?: boolean;
}

/** What goes along besides the files that the manifest covers. */
const companions = [
  ...['manifest.json', certificateFile, 'policy_snapshot.json', 'README_PLUGIN.md', 'healthcheck.md'],
  ...['LICENSE', 'conformance', 'package.json'],
];

export function addInstall(plugin: Command): void {
  plugin
    .command('install')
    .description('show what a plugin may do, ask, and put it into the home')
    .argument('<source>', 'a folder, a tarball such as npm pack makes, or npm:NAME[@VERSION] from the registry of npm')
    .option('--yes', 'do not ask: what it asks for was read')
    .option('--accept-more', 'with --yes, for a version that asks for more than the one that is installed')
    .action(async (source: string, options: InstallOptions, command: Command) => {
      const context = contextOf(command);
      const home = demandHome(context);
      makeFolders(home);
      const place = join(home.run, `install-${process.pid}`);
      try {
        const folder = await unpack(source, join(place, 'unpacked'));
        const next = loadPlugin(folder, null, readSettings(home).plugins, readTrust(home.trust));
        const installed = installedPlugins(home);
        const before = installedIn(home, installed, next.spec.id);
        if (before?.digest === next.digest && sameCertificate(before, next)) {
          context.output.show({ plugin: next.spec.id, changed: false }, `${next.spec.id} is installed as it is here.`);
          return;
        }
        const more = before ? moreThan(before, next) : [];
        const question = questionOf(next, before, more, installed);
        if (!context.output.json) process.stderr.write(`${plain(question.join('\n'))}\n`);
        await demandYes(next, before !== null, more, options);
        const at = putInPlace(home, next, before, place);
        await recordEvent(home, 'installed', eventOf(next, before));
        const start = (await isRunning(home)) ? ' The kernel that runs reads plugins at its start: start it anew.' : '';
        context.output.show(
          { plugin: next.spec.id, version: next.spec.version, folder: at, changed: true, asks: asksOf(next), more },
          plain(`Installed ${next.spec.id} ${next.spec.version} in ${at}.${start}`),
        );
      } finally {
        rmSync(place, { recursive: true, force: true });
      }
    });
}

/** The plugin of that id in the home itself; one of the package is not replaced, it is put in the shade. */
function installedIn(home: Home, { byId }: Plugins, id: string): LoadedPlugin | null {
  const found = byId.get(id);
  return found?.folder.startsWith(`${home.plugins}/`) ? found : null;
}

function sameCertificate(before: LoadedPlugin, next: LoadedPlugin): boolean {
  return JSON.stringify(before.certification) === JSON.stringify(next.certification);
}

function questionOf(
  next: LoadedPlugin,
  before: LoadedPlugin | null,
  more: readonly string[],
  { byId, ownerOf }: Plugins,
): string[] {
  const { spec, digest, certification, tools } = next;
  const certified = levelAt(certification, new Date().toISOString());
  const taken = [...tools.keys()].flatMap((tool) => {
    const owner = ownerOf(tool);
    return owner === null || owner === spec.id ? [] : [`  takes the tool ${tool} over from ${owner}`];
  });
  return [
    `${spec.id} ${spec.version}: ${spec.description}`,
    `  digest ${digest}`,
    `  ${'level' in certified ? `certified at ${certified.level} by ${certified.record.key}` : certified.because}`,
    ...asksOf(next).map((line) => `  ${line}`),
    `  has the tools ${[...tools.keys()].join(', ')}`,
    ...taken,
    ...(!before && byId.has(spec.id) ? ['  takes the place of the plugin of that name that Arbiter brings'] : []),
    ...(before ? [`  replaces ${before.spec.version}`] : []),
    ...(more.length > 0
      ? ['It asks for more than the version that is installed:', ...more.map((line) => `  ${line}`)]
      : []),
  ];
}

async function demandYes(
  { spec }: LoadedPlugin,
  upgrade: boolean,
  more: readonly string[],
  { yes, acceptMore }: InstallOptions,
): Promise<void> {
  const refuse = (detail: string, how: string) => fault('INSTALL_NOT_ACCEPTED', { plugin: spec.id, detail, how });
  if (yes && (more.length === 0 || acceptMore)) return;
  if (yes) throw refuse(`it asks for more than before: ${more.join('; ')}`, 'with --yes --accept-more');
  if (!process.stdin.isTTY) throw refuse('there is no terminal to ask on', 'with --yes');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(upgrade ? 'Replace it? (yes/no) ' : 'Install it? (yes/no) ');
    if (answer.trim().toLowerCase() !== 'yes') throw refuse('nobody said yes', 'and answer yes');
  } finally {
    terminal.close();
  }
}

/** Beside first, then by a rename: a plugin is there whole or not at all. */
function putInPlace(
  home: Home,
  { folder, files, spec }: LoadedPlugin,
  before: LoadedPlugin | null,
  place: string,
): string {
  const ready = join(place, 'ready');
  for (const name of [...Object.keys(files), ...companions]) {
    const from = join(folder, name);
    if (!existsSync(from)) continue;
    mkdirSync(dirname(join(ready, name)), { recursive: true });
    cpSync(from, join(ready, name), { recursive: true, dereference: false });
  }
  // What was copied is looked at once more: the source may have changed meanwhile.
  loadPlugin(ready, null, readSettings(home).plugins);
  const at = before?.folder ?? join(home.plugins, spec.id);
  if (before) renameSync(at, join(place, 'before'));
  else if (existsSync(at)) throw fault('PLUGIN_FOLDER_EXISTS', { folder: at });
  renameSync(ready, at);
  return at;
}

function eventOf({ spec, digest, certification }: LoadedPlugin, before: LoadedPlugin | null): object {
  const { id: plugin, version, category, grants = {} } = spec;
  const certified = levelAt(certification, new Date().toISOString());
  return {
    ...{ plugin, version, category, digest, grants, before: before?.digest ?? null },
    certificate: 'record' in certified ? certified.record : null,
  };
}
