// What an author's editor says of a plugin in TypeScript: definePlugin holds its tools to the schemas of its spec.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { newPlugin } from '../pdk/scaffold/new-plugin.ts';
import { syncPlugin } from '../pdk/sync/sync-plugin.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = join(root, 'node_modules/.bin/tsc');

describe('The types of a plugin', () => {
  let place: string;
  let folder: string;

  beforeEach(async () => {
    place = mkdtempSync(join(tmpdir(), 'plugin-types-'));
    // As if both were installed beside the plugin.
    mkdirSync(join(place, 'node_modules/@types'), { recursive: true });
    symlinkSync(root, join(place, 'node_modules/arbiter'));
    symlinkSync(join(root, 'node_modules/@types/node'), join(place, 'node_modules/@types/node'));
    folder = await newPlugin({ name: 'words', category: 'transformation', language: 'ts', dir: place });
  });

  afterEach(() => rmSync(place, { recursive: true }));

  async function complaints(): Promise<string> {
    const { stdout } = await execa(process.execPath, [tsc, '--pretty', 'false'], { cwd: folder, reject: false });
    return stdout;
  }

  function edit(file: string, from: string | RegExp, to: string): void {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    assert.notEqual(text.replace(from, to), text, `${file} holds no ${from}`);
    writeFileSync(path, text.replace(from, to));
  }

  it('fit as generated', async () => {
    assert.equal(await complaints(), '');
  });

  it('say where an output does not fit its schema', async () => {
    edit('src/tool.ts', /: Output \{\n.*\n/, ' {\n  return { words: text, lines: 0 };\n');

    assert.match(
      await complaints(),
      /^src\/plugin\.ts\(5,23\): error TS2322: .*'\(\{ text \}: Input\) => .*Type 'string' is not assignable to type 'number'/s,
    );
  });

  it('say where a tool asks for an input that its schema does not have', async () => {
    edit('src/tool.ts', '{ text }: Input', '{ text }: { text: string; language: string }');

    assert.match(await complaints(), /^src\/plugin\.ts\(5,23\): error TS2322: .*Property 'language' is missing/s);
  });

  it('say that a tool is missing, once the spec has it and the plugin was synced', async () => {
    const spec = JSON.parse(readFileSync(join(folder, 'plugin.spec.json'), 'utf8'));
    spec.tools['count-more'] = spec.tools.words;
    writeFileSync(join(folder, 'plugin.spec.json'), JSON.stringify(spec));
    await syncPlugin(folder);
    edit('src/tool.ts', ': Input)', ': WordsInput)');
    edit('src/tool.ts', '): Output', '): WordsOutput');

    assert.match(await complaints(), /^src\/plugin\.ts\(5,21\): error TS2741: Property ''count-more'' is missing/);

    edit('src/plugin.ts', '({ ', "({ 'count-more': run, ");
    assert.equal(await complaints(), '');
  });
});
