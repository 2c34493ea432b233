// npm run architecture: the import rule of ARCHITECTURE.md, checked. An import of a type counts like any other.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult, type IForbiddenRuleType, type IResolveOptions } from 'dependency-cruiser';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

/** Which top folders a top folder may import from, besides itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  contracts: [],
  ledger: ['contracts'],
  policies: ['contracts', 'ledger'],
  process: ['contracts', 'ledger', 'policies'],
  kernel: ['contracts', 'ledger', 'policies', 'process'],
  pdk: ['contracts'],
  plugins: ['pdk'],
  conformance: ['contracts', 'ledger', 'policies', 'process', 'pdk', 'kernel'],
  cli: ['contracts', 'ledger', 'policies', 'process', 'kernel', 'pdk', 'conformance'],
};
/** Nothing imports from these, and they may import from everywhere. */
const tools = ['bench', 'examples', 'scripts', 'test'];
/** What a user runs, so what package.json has to list under dependencies. Plugins are bundled, and still: see the licences. */
const runtime = '^(contracts|ledger|policies|process|kernel|pdk|cli|plugins|conformance/(?!hostile/))';
/** Fewer modules mean that something was not read, not that the project shrank. */
const fewestModules = 80;

const forbidden: IForbiddenRuleType[] = [
  { name: 'no cycle', from: {}, to: { circular: true } },
  { name: 'found', comment: 'the import leads nowhere', from: {}, to: { couldNotResolve: true } },
  ...Object.entries(mayImport).map(([folder, others]) => ({
    name: `${folder} imports from ${['itself', ...others].join(', ')} only`,
    from: { path: `^${folder}/` },
    to: { dependencyTypes: ['local' as const], pathNot: `^(${[folder, ...others].join('|')})/` },
  })),
  {
    name: 'a plugin imports nothing of another',
    from: { path: '^plugins/([^/]+/[^/]+)/' },
    to: { path: '^plugins/', pathNot: '^plugins/$1/' },
  },
  {
    name: 'the verifier stands alone: node:crypto, node:fs, better-sqlite3',
    from: { path: '^ledger/verify[^/]*\\.ts$' },
    to: { pathNot: '^(crypto|fs)$|^node_modules/(@types/)?better-sqlite3/|^ledger/verify-[^/]*\\.ts$' },
  },
  {
    name: 'what runs imports dependencies only, no devDependency and nothing unlisted',
    from: { path: runtime },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
  },
];

// The parser is swc because TypeScript 7 has no API that dependency-cruiser knows: with neither it reads nothing, and passes.
const { output } = await cruise(
  foldersOfTsconfig(),
  {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '^contracts/generated/'] },
    exclude: { path: ['\\.test\\.ts$', '/fixtures/', '^plugins/[^/]+/[^/]+/(dist|tests)/'] },
    validate: true,
    ruleSet: { forbidden },
  },
  // As Node resolves: a package's exports, for import.
  { exportsFields: ['exports'], conditionNames: ['node', 'import', 'default'] } as Partial<IResolveOptions>,
);
const { modules, summary } = output as ICruiseResult;
const own = modules.filter(({ source }) => source.endsWith('.ts') && !source.includes('node_modules'));
const dependencies = own.reduce((sum, module) => sum + module.dependencies.length, 0);

const wrong = [
  ...summary.violations.map(
    ({ from, to, rule, cycle }) => `${[from, ...pathOf(to, cycle)].join(' -> ')}: ${rule.name}`,
  ),
  ...Object.keys(mayImport)
    .filter((folder) => !own.some(({ source }) => source.startsWith(`${folder}/`)))
    .map((folder) => `${folder}/: no module found`),
];
if (own.length < fewestModules) wrong.push(`${own.length} modules read, at least ${fewestModules} expected`);
if (dependencies === 0) wrong.push('no import found anywhere');

if (wrong.length > 0) {
  console.error(wrong.join('\n'));
  process.exitCode = 1;
} else console.log(`${own.length} modules, ${dependencies} dependencies, no violation`);
console.log(`kernel/: ${kernelLines()} lines without tests (about 4,000 is the idea)`);

/** All folders that are compiled. Throws for one that has no import rule. */
function foldersOfTsconfig(): string[] {
  const { include } = JSON.parse(readFileSync('tsconfig.json', 'utf8')) as { include: string[] };
  const unknown = include.filter((folder) => !(folder in mayImport) && !tools.includes(folder));
  if (unknown.length > 0)
    throw new Error(`scripts/check-architecture.ts has no import rule for ${unknown.join(', ')}.`);
  const present = new Set(readdirSync('.'));
  return include.filter((folder) => present.has(folder));
}

function pathOf(to: string, cycle: readonly { name: string }[] | undefined): string[] {
  return cycle ? cycle.map(({ name }) => name) : [to];
}

function kernelLines(): number {
  return readdirSync('kernel', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('fixtures/'))
    .reduce((sum, name) => sum + readFileSync(join('kernel', name), 'utf8').split('\n').length - 1, 0);
}
