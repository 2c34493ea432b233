import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ErrorCode } from '../../contracts/errors.ts';
import { digestOf } from '../../ledger/digest.ts';
import { kernelVersion, packageRoot } from '../version.ts';
import { loadPlugin } from './load-plugin.ts';

const original = fileURLToPath(new URL('plugins/transformation/task-parser', packageRoot));

let folder: string;
let store: string;

type Json = Record<string, unknown>;

function edit(file: string, change: (value: Json) => void): void {
  const path = join(folder, file);
  const value = JSON.parse(readFileSync(path, 'utf8'));
  change(value);
  writeFileSync(path, JSON.stringify(value));
}

/** Changes a file and makes the manifest say so, as its author would. */
function author(file: string, change: (value: Json) => void): void {
  edit(file, change);
  edit('manifest.json', (manifest) => {
    (manifest.files as Json)[file] = digestOf(readFileSync(join(folder, file)));
  });
}

function refuses(code: ErrorCode, message: string | RegExp, settings = {}): void {
  assert.throws(() => loadPlugin(folder, store, { 'task-parser': settings }), { code, message });
}

describe('loading a plugin', () => {
  beforeEach(() => {
    const temporary = mkdtempSync(join(tmpdir(), 'load-plugin-'));
    folder = join(temporary, 'task-parser');
    store = join(temporary, 'store');
    cpSync(original, folder, { recursive: true });
  });
  afterEach(() => rmSync(dirname(folder), { recursive: true }));

  it('gives its spec, its tools and digests of all that runs', () => {
    const plugin = loadPlugin(folder, store, {});

    assert.equal(plugin.spec.id, 'task-parser');
    assert.equal(plugin.digest, digestOf(readFileSync(join(folder, 'manifest.json'))));
    assert.deepEqual([...plugin.tools.keys()], ['jsonl-parser', 'task-validator']);
    assert.deepEqual(Object.keys(plugin.files).sort(), [
      'dist/plugin.js',
      'ledger_contract.json',
      'manifest.json',
      'plugin.spec.json',
    ]);
    for (const [file, digest] of Object.entries(plugin.files))
      assert.equal(digest, digestOf(readFileSync(join(folder, file))));
  });

  it('warns of deprecated words, and takes the plugin all the same', () => {
    author('plugin.spec.json', (spec) => {
      spec.errorHandling = { retry: { maxAttempts: 2 }, circuitBreaker: { enabled: true } };
    });

    const { spec, warnings } = loadPlugin(folder, store, {});

    assert.equal(spec.errorHandling?.retry?.maxAttempts, 2);
    assert.deepEqual(
      warnings.map(({ code, message, expected, remedy }) => ({ code, message, expected, remedy })),
      [
        {
          code: 'PLUGIN_WORD_DEPRECATED',
          message: 'The plugin task-parser says errorHandling.circuitBreaker in plugin.spec.json, which is deprecated.',
          expected: 'plugin.spec.json without it. It is accepted as long as plugin.v1 is.',
          remedy: 'Leave it to whoever runs the plugin, who sets breaker in arbiter.yaml: nothing reads this.',
        },
      ],
    );
  });

  it('checks inputs and outputs of its tools', () => {
    const tool = loadPlugin(folder, store, {}).tools.get('jsonl-parser');

    assert.deepEqual(tool?.checkInput({ text: '1' }), []);
    assert.equal(tool?.checkInput({ txt: '1' }).length, 2);
    assert.deepEqual(tool?.checkOutput({ records: 0, values: [], errors: [] }), []);
    assert.equal(tool?.checkOutput({ records: -1, values: [], errors: [] }).length, 1);
  });

  it('copies what runs into the store, and only looks where there is none', () => {
    assert.equal(loadPlugin(folder, null, {}).storeFolder, folder);

    const { storeFolder, digest } = loadPlugin(folder, store, {});

    assert.equal(storeFolder, join(store, digest.replace(':', '-')));
    assert.equal(
      readFileSync(join(storeFolder, 'dist/plugin.js'), 'utf8'),
      readFileSync(join(folder, 'dist/plugin.js'), 'utf8'),
    );
  });

  it('refuses a folder that lacks a file', () => {
    for (const file of ['dist/plugin.js', 'ledger_contract.json', 'manifest.json', 'plugin.spec.json']) {
      rmSync(join(folder, file));
      refuses('PLUGIN_FILE_MISSING', `The plugin in ${folder} has no ${file}.`);
      cpSync(original, folder, { recursive: true });
    }
  });

  it('refuses a file that is not JSON', () => {
    writeFileSync(join(folder, 'manifest.json'), '{');
    refuses(
      'PLUGIN_SPEC_INVALID',
      /^The plugin in .* has a manifest\.json that does not fit its schema: it is not JSON: /,
    );
  });

  it('refuses a spec, a manifest or a ledger contract that does not fit its schema', () => {
    for (const [file, schema] of [
      ['plugin.spec.json', 'plugin.v1'],
      ['manifest.json', 'manifest.v1'],
      ['ledger_contract.json', 'ledger-contract.v1'],
    ] as const) {
      edit(file, (value) => {
        value.schema = 'another';
      });
      refuses(
        'PLUGIN_SPEC_INVALID',
        `The plugin in ${folder} has a ${file} that does not fit its schema: /schema is "another".`,
      );
      edit(file, (value) => {
        value.schema = schema;
      });
    }
  });

  it('refuses a manifest that was made for another plugin', () => {
    edit('manifest.json', (manifest) => {
      manifest.version = '9.9.9';
    });
    refuses('PLUGIN_SPEC_INVALID', /: it was made for task-parser 9\.9\.9\.$/);
  });

  it('refuses a manifest that does not cover what runs', () => {
    edit('manifest.json', (manifest) => {
      const { 'dist/plugin.js': entry, ...files } = manifest.files as Json;
      manifest.files = { ...files, other: entry };
    });
    refuses('PLUGIN_SPEC_INVALID', /: it does not cover dist\/plugin\.js\.$/);
  });

  it('refuses a manifest that leads out of the folder', () => {
    for (const path of ['../outside', 'dist/../../outside', '/etc/hostname']) {
      edit('manifest.json', (manifest) => {
        manifest.files = { ...(manifest.files as Json), [path]: digestOf('') };
      });
      refuses('PLUGIN_SPEC_INVALID', new RegExp(`: it covers ${path}\\.$`));
      cpSync(original, folder, { recursive: true });
    }
  });

  it('refuses a file that is not the one of the manifest', () => {
    for (const file of ['dist/plugin.js', 'ledger_contract.json', 'plugin.spec.json']) {
      writeFileSync(join(folder, file), ' ', { flag: 'a' });
      refuses(
        'PLUGIN_TAMPERED',
        `The file ${file} of plugin task-parser is not the one that its manifest was made for.`,
      );
      cpSync(original, folder, { recursive: true });
    }
  });

  it('refuses a plugin that asks for another kernel', () => {
    edit('manifest.json', (manifest) => {
      manifest.kernel = '>=99.0.0';
    });
    refuses('PLUGIN_KERNEL_RANGE', `The plugin task-parser asks for a kernel >=99.0.0; this is ${kernelVersion}.`);
  });

  it('refuses settings for a plugin that has none, and those that do not fit its schema', () => {
    refuses(
      'PLUGIN_SETTINGS_INVALID',
      'The settings of plugin task-parser do not fit its schema: the top has an unknown key "colour".',
      { colour: 1 },
    );

    author('plugin.spec.json', (spec) => {
      spec.settings = { type: 'object', properties: { lines: { type: 'integer' } }, additionalProperties: false };
    });
    refuses(
      'PLUGIN_SETTINGS_INVALID',
      'The settings of plugin task-parser do not fit its schema: /lines is a string.',
      { lines: 'many' },
    );
    assert.deepEqual(loadPlugin(folder, store, { 'task-parser': { lines: 3 } }).settings, { lines: 3 });
  });

  it('refuses a schema that is none when it is first needed', () => {
    author('plugin.spec.json', (spec) => {
      (spec.tools as { [name: string]: Json })['jsonl-parser']!.input = { type: 'nonsense' };
    });
    const tool = loadPlugin(folder, store, {}).tools.get('jsonl-parser');

    assert.throws(() => tool?.checkInput({}), {
      code: 'PLUGIN_SPEC_INVALID',
      message: /the input schema of jsonl-parser is none: /,
    });
  });

  it('stores files that every user may read, whatever the umask', () => {
    const umask = process.umask(0o077);
    try {
      const { storeFolder } = loadPlugin(folder, store, {});

      const mode = (path: string) => statSync(join(storeFolder, path)).mode & 0o777;
      assert.deepEqual(['', 'dist', 'dist/plugin.js', 'plugin.spec.json'].map(mode), [0o755, 0o755, 0o555, 0o555]);
    } finally {
      process.umask(umask);
    }
  });

  it('takes what the store has under that digest', () => {
    const { storeFolder } = loadPlugin(folder, store, {});
    const entry = join(storeFolder, 'dist/plugin.js');
    const { ino } = statSync(entry);

    chmodSync(join(folder, 'dist/plugin.js'), 0o600);

    assert.equal(loadPlugin(folder, store, {}).storeFolder, storeFolder);
    assert.equal(statSync(entry).ino, ino);
  });
});
