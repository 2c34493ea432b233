// arbiter plugin new and sync: what they make runs in the real sandbox, for every category and language.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { categories, type Language, languages, newPlugin } from '../pdk/scaffold/new-plugin.ts';
import { typeOfSchema } from '../pdk/sync/type-of-schema.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

const interpreters: Record<Language, string> = {
  ts: process.execPath,
  js: process.execPath,
  python: '/usr/bin/python3',
  bash: '/bin/bash',
};

/** A source and what makes its plugin another one. The test in bash asks no more than whether it speaks the protocol. */
const broken: Record<Language, [source: string, wrong: [from: string, to: string]]> = {
  ts: ['src/tool.ts', ['.md', '.txt']],
  js: ['src/tool.js', ['.md', '.txt']],
  python: ['src/plugin.py', ['.md', '.txt']],
  bash: ['src/plugin.sh', ['"ok":true', '"ok":false']],
};

interface Golden {
  readonly tool: string;
  readonly input: object;
  readonly workspace?: Record<string, string>;
  readonly output: unknown;
}

describe('arbiter plugin new', () => {
  let temporary: TemporaryHome;

  beforeEach(() => {
    temporary = temporaryHome();
  });

  afterEach(() => temporary.remove());

  for (const language of languages)
    it(`makes plugins in ${language} that give the answers of their golden fixtures in the sandbox`, async function () {
      if (!existsSync(interpreters[language])) {
        console.log(`      skipped: there is no ${interpreters[language]} on this machine`);
        this.skip();
      }
      const expected: unknown[] = [];
      const tasks: object[] = [];
      for (const category of categories) {
        const name = `a-${category}`;
        await newPlugin({ name, category, language, dir: temporary.home.plugins });
        for (const { golden, fixture } of goldensOf(join(temporary.home.plugins, name))) {
          expected.push(golden.output);
          const workspace = golden.workspace && workspaceWith(temporary, `${name}-${fixture}`, golden.workspace);
          tasks.push({ tool: golden.tool, input: golden.input, ...(workspace && { workspace }) });
        }
      }
      temporary.drop('all.jsonl', tasks);

      const { stderr } = await temporary.arbiter('start', '--once');

      assert.equal(tasks.length, 10);
      assert.deepEqual(
        temporary.results('all.jsonl').map(({ status, output }) => ({ status, output })),
        expected.map((output) => ({ status: 'done', output })),
        stderr,
      );
      const notes = ['new', 'replaced'].map((fixture) =>
        readFileSync(join(temporary.place, 'work', `a-state-change-${fixture}`, 'tea.md'), 'utf8'),
      );
      assert.deepEqual(notes, ['one pot\n', 'two pots\n']);
    });

  for (const language of languages)
    it(`makes tests in ${language} that pass, and fail when the tool does something else`, async function () {
      if (!existsSync(interpreters[language])) {
        console.log(`      skipped: there is no ${interpreters[language]} on this machine`);
        this.skip();
      }
      const folder = await newPlugin({ name: 'note', category: 'state-change', language, dir: temporary.place });
      const readme = readFileSync(join(folder, 'README_PLUGIN.md'), 'utf8');
      const [program, ...args] = /`([^`]+)` runs the tests/.exec(readme)![1]!.split(' ') as [string, ...string[]];
      const run = () => execa(program === 'node' ? process.execPath : program, args, { cwd: folder, reject: false });

      assert.equal((await run()).exitCode, 0);

      const [source, wrong] = broken[language];
      const text = readFileSync(join(folder, source), 'utf8');
      assert.notEqual(text.replace(...wrong), text);
      writeFileSync(join(folder, source), text.replace(...wrong));
      assert.notEqual((await run()).exitCode, 0);
    });

  it('overwrites nothing', async () => {
    const folder = temporary.folder('mine', { 'a.txt': 'a' });

    const { status, stderr } = await typed('mine', dirname(folder));

    assert.equal(status, 3);
    assert.match(stderr, /mine is there already\.\n {2}expected: A folder that is not there yet/);
    assert.deepEqual(readdirSync(folder), ['a.txt']);
  });

  it('refuses a name that no plugin may have, and asks nobody where there is no terminal', async () => {
    const odd = await typed('../Odd', temporary.place);
    const nothing = await temporary.arbiter('plugin', 'new');

    assert.deepEqual([odd.status, nothing.status], [64, 64]);
    assert.match(odd.stderr, /\.\.\/Odd is no name of a plugin/);
    assert.match(nothing.stderr, /there is no terminal to ask on/);
    assert.equal(existsSync(join(temporary.place, '../Odd')), false);
  });

  it('is followed by sync: types, README and manifest after a change of the schema, and nothing else', async () => {
    await typed('words', temporary.place);
    const folder = join(temporary.place, 'words');
    const path = (file: string) => join(folder, file);
    const spec = JSON.parse(readFileSync(path('plugin.spec.json'), 'utf8'));
    spec.tools.words.input.properties.language = { enum: ['en', 'de'] };
    writeFileSync(path('plugin.spec.json'), JSON.stringify(spec));
    writeFileSync(path('README_PLUGIN.md'), `${readFileSync(path('README_PLUGIN.md'), 'utf8')}My own words.\n`);

    const first = await temporary.arbiter('plugin', 'sync', folder, '--json');
    const second = await temporary.arbiter('plugin', 'sync', folder, '--json');

    // Types leave nothing in a bundle but short names, which are given by how often letters come in the source.
    const changed = JSON.parse(first.stdout).changed.filter((file: string) => file !== 'dist/plugin.js');
    assert.deepEqual(changed, ['README_PLUGIN.md', 'src/tool.ts', 'manifest.json']);
    assert.deepEqual(JSON.parse(second.stdout), { changed: [] });
    assert.match(readFileSync(path('src/tool.ts'), 'utf8'), /readonly language\?: "en" \| "de"/);
    const readme = readFileSync(path('README_PLUGIN.md'), 'utf8');
    assert.match(readme, /language\?: "en" \| "de"[\s\S]*END AUTO[\s\S]*My own words\.\n$/);
  });

  it('is followed by sync, which says why a source cannot be bundled', async () => {
    await typed('words', temporary.place);
    writeFileSync(join(temporary.place, 'words/src/tool.ts'), "import './nowhere.ts';\n");

    const { status, stderr } = await temporary.arbiter('plugin', 'sync', join(temporary.place, 'words'));

    assert.equal(status, 3);
    assert.match(stderr, /words could not be bundled: .*nowhere\.ts/);
    assert.match(stderr, /PLUGIN_BUNDLE_FAILED/);
  });

  const typed = (name: string, dir: string) =>
    temporary.arbiter('plugin', 'new', name, '--category', 'transformation', '--dir', dir);
});

describe('Types of schemas', () => {
  it('are written as an author would', () => {
    const schema = {
      type: 'object',
      required: ['a'],
      additionalProperties: false,
      properties: { a: { type: ['string', 'null'] }, 'b-c': { type: 'array', items: { type: 'integer' } }, d: true },
    };
    assert.equal(
      typeOfSchema(schema),
      '{ readonly a: string | null; readonly "b-c"?: readonly number[]; readonly d?: unknown }',
    );
  });
});

function goldensOf(folder: string): { golden: Golden; fixture: string }[] {
  const place = join(folder, 'conformance/golden');
  return readdirSync(place)
    .sort()
    .map((name) => ({
      golden: JSON.parse(readFileSync(join(place, name), 'utf8')),
      fixture: name.replace('.json', ''),
    }));
}

function workspaceWith(temporary: TemporaryHome, name: string, files: Record<string, string>): string {
  const folder = temporary.folder(name);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}
