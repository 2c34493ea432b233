// npm run build: the package to publish, in dist/. Sources are compiled, the rest is copied; plugins go as they are,
// because what runs of them is the bundle that their manifest gives the digest of.
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
compile();
const { include } = JSON.parse(readFileSync(join(root, 'tsconfig.build.json'), 'utf8')) as { include: string[] };
/** What only tests and checks of the clone read. */
const ofTheClone = new Set(['fixtures', 'released']);
for (const folder of include) copy(folder, (path) => !path.endsWith('.ts') && !ofTheClone.has(basename(path)));
copy('plugins', (path) => basename(path) !== 'tests');
copy('LICENSE');
copy('README.md');
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(published(), null, 2)}\n`);

function compile(): void {
  const { status, error } = spawnSync('tsc', ['--project', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
  if (error || status !== 0) throw error ?? new Error(`tsc ended with ${status}.`);
}

function copy(name: string, wanted: (path: string) => boolean = () => true): void {
  cpSync(join(root, name), join(dist, name), { recursive: true, filter: wanted });
}

/** What a package that runs has to say; scripts and devDependencies stay in the clone. */
function published(): object {
  const {
    scripts: _,
    devDependencies: __,
    allowScripts: ___,
    exports,
    ...kept
  } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const compiled = Object.entries(exports as Record<string, string>).map(([name, file]) => [
    name,
    file.replace(/\.ts$/, '.js'),
  ]);
  return { ...kept, exports: Object.fromEntries(compiled) };
}
