// One file from a plugin's sources, the PDK inside. esbuild comes from beside the plugin, or else from beside Arbiter.
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fault } from '../../contracts/errors.ts';

/** As much of esbuild as is used. It is an optional peer, so nothing here may need it to be installed. */
interface Esbuild {
  build(options: object): Promise<{ readonly outputFiles: readonly { readonly contents: Uint8Array }[] }>;
}

/** In a clone the PDK is TypeScript, in the package JavaScript. */
const pdk = fileURLToPath(new URL(`../define-plugin${extname(import.meta.url)}`, import.meta.url));

/** Bundles `source`, a path below `folder`. Throws PLUGIN_BUNDLER_MISSING or PLUGIN_BUNDLE_FAILED. */
export async function bundlePlugin(folder: string, source: string): Promise<Uint8Array> {
  const { build } = await findEsbuild(folder);
  try {
    const { outputFiles } = await build({
      absWorkingDir: folder,
      entryPoints: [join(folder, source)],
      alias: { 'arbiter/pdk': pdk },
      ...{ bundle: true, write: false, minify: true, logLevel: 'silent', legalComments: 'inline' },
      ...{ platform: 'node', format: 'esm', target: 'node22' },
    });
    return outputFiles[0]!.contents;
  } catch (error) {
    throw fault('PLUGIN_BUNDLE_FAILED', { folder, detail: (error as Error).message.replace(/\s+/g, ' ') });
  }
}

async function findEsbuild(folder: string): Promise<Esbuild> {
  for (const from of [join(folder, 'plugin.spec.json'), fileURLToPath(import.meta.url)]) {
    let file: string;
    try {
      file = createRequire(from).resolve('esbuild');
    } catch {
      continue;
    }
    return import(pathToFileURL(file).href);
  }
  throw fault('PLUGIN_BUNDLER_MISSING', { folder });
}
