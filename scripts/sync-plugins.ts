// Writes what is generated in each plugin's folder: the bundle that runs, the manifest with its digests and the
// snapshot of the policies; and beside them the licences of the npm code that the bundles hold. With --check it
// compares instead, so that CI fails when any of them has drifted.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { findPlugins } from '../conformance/find-plugins.ts';
import type { PluginSpec } from '../contracts/generated/plugin.v1.ts';
import type { PolicySnapshot } from '../contracts/generated/policy-snapshot.v1.ts';
import { digestOf, manifestOf, sortedJson } from '../pdk/manifest.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Paths in a bundle are relative to the root, and nothing depends on when or where it was made. */
const bundling = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  minify: true,
  legalComments: 'inline',
  // Inside an ES module there is no require for Node's own modules, which the CommonJS build of yaml asks for.
  alias: { yaml: './node_modules/yaml/browser/index.js' },
  logLevel: 'error',
  write: false,
  metafile: true,
} as const;

const checking = process.argv.includes('--check');
const snapshot = sortedJson({ schema: 'policy-snapshot.v1', policies: digestPolicies() } satisfies PolicySnapshot);
const plugins = [...findPlugins(), ...findPlugins(join(root, 'examples/plugins'))];
const drifted: string[] = [];
/** The folder of every npm package that went into a bundle. */
const bundled = new Set<string>();
for (const folder of plugins) {
  for (const [name, content] of await generate(folder)) settle(join(folder, name), content);
}
settle(join(root, 'plugins/THIRD_PARTY_LICENSES.txt'), Buffer.from(licences()));

if (drifted.length > 0) {
  console.error(`These files have drifted from their sources:\n  ${drifted.join('\n  ')}\nRun: npm run generate`);
  process.exitCode = 1;
} else {
  console.log(`${plugins.length} plugins, bundles and manifests ${checking ? 'as committed' : 'written'}`);
}

/** The generated files of one plugin, by path below its folder. */
async function generate(folder: string): Promise<Map<string, Uint8Array>> {
  const spec: PluginSpec = JSON.parse(readFileSync(join(folder, 'plugin.spec.json'), 'utf8'));
  const files = new Map<string, Uint8Array>();
  if (spec.entry.runtime === 'node') files.set(spec.entry.file, await bundle(folder));

  const read = (name: string) => files.get(name) ?? readFileSync(join(folder, name));
  files.set('manifest.json', sortedJson(manifestOf(spec, read)));
  files.set('policy_snapshot.json', snapshot);
  return files;
}

async function bundle(folder: string): Promise<Uint8Array> {
  const { outputFiles, metafile } = await build({ ...bundling, entryPoints: [join(folder, 'src/plugin.ts')] });
  if (outputFiles.length !== 1) throw new Error(`${folder} makes ${outputFiles.length} files; one must run by itself.`);
  for (const input of Object.keys(metafile.inputs)) {
    const packageFolder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
    if (packageFolder) bundled.add(packageFolder);
  }
  return outputFiles[0]!.contents;
}

/** Name, version and licence text of every package bundled. Throws where a package ships no text of its licence. */
function licences(): string {
  const texts = new Map<string, string>();
  for (const folder of bundled) {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const files = readdirSync(join(root, folder)).filter((file) => /^(licen[cs]e|notice)/i.test(file));
    if (files.length === 0) throw new Error(`${name} ${version} is bundled, and ships no text of its licence.`);
    const text = files.sort().map((file) => readFileSync(join(root, folder, file), 'utf8').trim());
    texts.set(`${name} ${version} (${license})`, text.join('\n\n').replaceAll('\r\n', '\n'));
  }
  const rule = '-'.repeat(80);
  const sorted = [...texts].sort(([left], [right]) => (left < right ? -1 : 1));
  return [
    'The bundles plugins/*/*/dist/plugin.js hold code of these npm packages.\n',
    ...sorted.map(([title, text]) => `${rule}\n${title}\n${rule}\n\n${text}\n`),
  ].join('\n');
}

function digestPolicies(): Record<string, string> {
  const folder = join(root, 'policies');
  const names = readdirSync(folder).filter((name) => /(?<!_test)\.rego$|\.yml$/.test(name));
  return Object.fromEntries(names.sort().map((name) => [name, digestOf(readFileSync(join(folder, name)))]));
}

/** Writes the file, or when checking notes whether it stands as it should. */
function settle(path: string, content: Uint8Array): void {
  if (checking) {
    if (!readIfThere(path)?.equals(content)) drifted.push(relative(root, path));
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
