// A new plugin's folder, from the templates: a tool of its category that works, for its author to change.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fault } from '../../contracts/errors.ts';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import { pluginKeyword, syncPlugin } from '../sync/sync-plugin.ts';

export const categories = ['acquisition', 'transformation', 'state-change', 'validation', 'orchestration'] as const;
export const languages = ['ts', 'js', 'python', 'bash'] as const;
export type Language = (typeof languages)[number];
export const namePattern = /^[a-z][a-z0-9-]{1,63}$/;

export interface NewPlugin {
  readonly name: string;
  readonly category: PluginSpec['category'];
  readonly language: Language;
  /** The folder to make the plugin's folder in. */
  readonly dir: string;
}

/** What a category's template holds besides its program. */
interface CategoryTemplate {
  readonly does: string;
  readonly tool: PluginSpec['tools'][string];
  readonly golden: Readonly<Record<string, object>>;
  readonly scenario: readonly string[];
}

const templates = new URL('../templates/', import.meta.url);
const executable = 0o755;

/** Makes the plugin and syncs it; gives its folder. Throws PLUGIN_FOLDER_EXISTS and what `syncPlugin` throws. */
export async function newPlugin(asked: NewPlugin): Promise<string> {
  const folder = join(asked.dir, asked.name);
  if (existsSync(folder)) throw fault('PLUGIN_FOLDER_EXISTS', { folder });
  for (const [file, text] of filesOf(asked)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text, text.startsWith('#!') ? { mode: executable } : {});
  }
  await syncPlugin(folder);
  return folder;
}

function filesOf({ name, category, language }: NewPlugin): Map<string, string> {
  const { does, tool, golden, scenario }: CategoryTemplate = JSON.parse(template(`${category}/category.json`));
  const values = {
    id: name,
    category,
    does,
    extension: language,
    test: `\`${layouts[language].test}\` runs the tests.`,
  };
  const spec: PluginSpec = {
    schema: 'plugin.v1',
    id: name,
    version: '0.1.0',
    category,
    description: does,
    entry: layouts[language].entry,
    tools: { [name]: tool },
  };
  const files = new Map([
    ['plugin.spec.json', json(spec)],
    [`conformance/${name}.feature`, featureText(name, does, scenario)],
    ['README_PLUGIN.md', filled(template('README_PLUGIN.md.template'), values)],
    ['healthcheck.md', filled(template('healthcheck.md.template'), values)],
  ]);
  for (const [fixture, call] of Object.entries(golden))
    files.set(`conformance/golden/${fixture}.json`, json({ tool: name, ...call }));
  for (const [file, from] of Object.entries(layouts[language].files)) {
    const program = template(`${category}/tool.${layouts[language].source}.template`).trimEnd();
    const text = filled(template(`${from}.template`), { ...values, tool: program });
    files.set(file, language === 'js' ? withoutTypes(text) : withTypes(text));
  }
  files.set('package.json', json(packageOf(spec, layouts[language])));
  if (language === 'ts') files.set('tsconfig.json', template('tsconfig.json.template'));
  return files;
}

/** For `npm pack`: what `arbiter plugin install` takes and people read, and nothing that runs at an install. */
function packageOf({ id, version, category, description, entry }: PluginSpec, { source }: Layout): object {
  return {
    name: id,
    version,
    description,
    keywords: [pluginKeyword, category],
    ...(source === 'ts' && { type: 'module' }),
    files: [
      ...['plugin.spec.json', 'manifest.json', 'ledger_contract.json', 'policy_snapshot.json', 'certificate.json'],
      ...[entry.file, 'README_PLUGIN.md', 'healthcheck.md', 'conformance'],
    ],
  };
}

interface Layout {
  readonly entry: PluginSpec['entry'];
  /** Which template of the category holds the tool. */
  readonly source: 'ts' | 'py' | 'sh';
  /** Template by file. */
  readonly files: Readonly<Record<string, string>>;
  readonly test: string;
}

const bundled = { file: 'dist/plugin.js', runtime: 'node' } as const;
const layouts: Readonly<Record<Language, Layout>> = {
  ts: {
    entry: bundled,
    source: 'ts',
    files: { 'src/plugin.ts': 'plugin.ts', 'src/tool.ts': 'tool.ts', 'tests/tool.test.ts': 'test.ts' },
    test: 'node --test tests/tool.test.ts',
  },
  js: {
    entry: bundled,
    source: 'ts',
    files: { 'src/plugin.js': 'plugin.ts', 'src/tool.js': 'tool.ts', 'tests/tool.test.js': 'test.ts' },
    test: 'node --test tests/tool.test.js',
  },
  python: {
    entry: { file: 'src/plugin.py', runtime: 'executable' },
    source: 'py',
    files: { 'src/plugin.py': 'plugin.py', 'tests/test_plugin.py': 'test.py' },
    test: 'python3 -m unittest discover tests',
  },
  bash: {
    entry: { file: 'src/plugin.sh', runtime: 'executable' },
    source: 'sh',
    files: { 'src/plugin.sh': 'plugin.sh', 'tests/test-plugin.sh': 'test.sh' },
    test: 'bash tests/test-plugin.sh',
  },
};

function featureText(name: string, does: string, steps: readonly string[]): string {
  return `Feature: ${name}\n\n  Scenario: ${does}\n${steps.map((step) => `    ${step}\n`).join('')}`;
}

function template(name: string): string {
  return readFileSync(new URL(name, templates), 'utf8');
}

/** In one pass: what is filled in is not looked at again. */
function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '');
}

/** TypeScript and JavaScript share their templates: ⟨…⟩ holds what only TypeScript has. */
function withTypes(text: string): string {
  return text.replace(/[⟨⟩]/g, '');
}

function withoutTypes(text: string): string {
  return `${text.replace(/⟨[^⟩]*⟩/g, '').trimEnd()}\n`;
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
