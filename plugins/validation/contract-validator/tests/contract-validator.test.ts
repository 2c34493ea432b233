import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunningPlugin, runPlugin } from '../../../../pdk/run-plugin.ts';

interface Answer {
  verdict: string;
  checked: number;
  findings: { path: string; message: string; pointer?: string; line?: number }[];
}

const folder = fileURLToPath(new URL('..', import.meta.url));

let plugin: RunningPlugin;
let outside: string;
let workspace: string;

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(workspace, path)), { recursive: true });
  writeFileSync(join(workspace, path), content);
}

async function run(input: { files: string[]; schema?: object; schemaFile?: string }): Promise<Answer> {
  return (await plugin.execute('contract-validator', input, { workspace })) as Answer;
}

describe('contract-validator', () => {
  before(async () => {
    plugin = await runPlugin(folder);
  });

  after(() => plugin.stop());

  beforeEach(() => {
    outside = mkdtempSync(join(tmpdir(), 'contract-validator-'));
    workspace = join(outside, 'workspace');
    mkdirSync(workspace);
  });

  afterEach(() => rmSync(outside, { recursive: true }));

  it('passes files that can be parsed and skips the others', async () => {
    write('a.json', '\uFEFF{"a":[1,2]}');
    write('b.jsonl', '{"a":1}\r\n\r\n2');
    write('c.yaml', 'a: &x [1]\nb: *x\n');
    write('d.yml', '');

    assert.deepEqual(await run({ files: ['a.json', 'b.jsonl', 'c.yaml', 'd.yml', 'gone.md', 'json'] }), {
      verdict: 'pass',
      checked: 4,
      findings: [],
    });
  });

  it('names the line of what cannot be parsed', async () => {
    write('a.json', '{\n"a": 1,\n}');
    write('b.jsonl', '1\n{"b":\n3\nfour\n');
    write('c.yaml', 'a: 1\nb: "open\n');
    write('d.json', '');

    const { verdict, checked, findings } = await run({ files: ['a.json', 'b.jsonl', 'c.yaml', 'd.json'] });

    assert.deepEqual([verdict, checked], ['fail', 4]);
    assert.deepEqual(
      findings.map(({ path, line }) => [path, line]),
      [
        ['a.json', 3],
        ['b.jsonl', 2],
        ['b.jsonl', 4],
        ['c.yaml', 3],
        ['d.json', undefined],
      ],
    );
  });

  it('finds what is missing, outside, a folder, a pipe, too large or no UTF-8', async () => {
    write('text.json', Buffer.from('"\xff"', 'latin1'));
    write('large.json', '');
    truncateSync(join(workspace, 'large.json'), 10 * 1024 * 1024 + 1);
    mkdirSync(join(workspace, 'folder.json'));
    execFileSync('mkfifo', [join(workspace, 'pipe.json')]);

    const files = ['gone.json', '../x.json', '/x.json', 'text.json/x.json', 'folder.json', 'pipe.json'];
    const { findings } = await run({ files: [...files, 'large.json', 'text.json'] });

    assert.deepEqual(findings, [
      { path: 'gone.json', message: 'It is not there.' },
      { path: '../x.json', message: 'It lies outside the workspace.' },
      { path: '/x.json', message: 'It lies outside the workspace.' },
      { path: 'text.json/x.json', message: 'It is not there.' },
      { path: 'folder.json', message: 'It is not a regular file.' },
      { path: 'pipe.json', message: 'It is not a regular file.' },
      { path: 'large.json', message: 'It has 10485761 bytes; at most 10485760 are read.' },
      { path: 'text.json', message: 'It is not valid UTF-8.' },
    ]);
  });

  it('follows no link out of the workspace, and tells nothing of what lies there', async () => {
    writeFileSync(join(outside, 'secret.json'), 'password');
    symlinkSync('../secret.json', join(workspace, 'link.json'));
    symlinkSync('..', join(workspace, 'up'));
    symlinkSync('loop.json', join(workspace, 'loop.json'));
    write('real.json', '{}');
    symlinkSync('real.json', join(workspace, 'inside.json'));

    const { findings } = await run({ files: ['link.json', 'up/secret.json', 'loop.json', 'inside.json'] });

    assert.deepEqual(findings, [
      { path: 'link.json', message: 'It is a link that leaves the workspace.' },
      { path: 'up/secret.json', message: 'It is a link that leaves the workspace.' },
      { path: 'loop.json', message: 'It is a link that leads in a circle.' },
    ]);
    await assert.rejects(
      run({ files: ['real.json'], schemaFile: 'link.json' }),
      new Error('The schema link.json cannot be used. It is a link that leaves the workspace.'),
    );
  });

  it('checks JSON, every line of JSON Lines and every document of YAML against a schema', async () => {
    write('a.json', '{"name":"a","size":1}');
    write('b.jsonl', '{"name":"b"}\n\n{"name":2}\n');
    write('c.yaml', 'name: c\n---\n- d\n');
    const schema = { type: 'object', additionalProperties: false, properties: { name: { type: 'string' } } };

    const { findings } = await run({ files: ['a.json', 'b.jsonl', 'c.yaml'], schema });

    assert.deepEqual(findings, [
      { path: 'a.json', pointer: '', message: 'It must NOT have additional properties: size.' },
      { path: 'b.jsonl', line: 3, pointer: '/name', message: 'It must be string.' },
      { path: 'c.yaml', pointer: '', message: 'It must be object.' },
    ]);
  });

  it('reads a schema as draft 2020-12, and as draft-07 where it says so', async () => {
    write('pair.json', '[1, "two"]');
    // Each draft ignores the keyword of the other.
    const newer = { prefixItems: [{ type: 'string' }] };
    const older = { $schema: 'http://json-schema.org/draft-07/schema#', items: [{ type: 'string' }] };

    assert.equal((await run({ files: ['pair.json'], schema: newer })).findings[0]?.pointer, '/0');
    assert.equal((await run({ files: ['pair.json'], schema: older })).findings[0]?.pointer, '/0');
  });

  it('refuses a schema that cannot be used', async () => {
    write('a.json', '{}');
    write('broken.json', '{');
    const refused: [{ schema?: object; schemaFile?: string }, RegExp][] = [
      [{ schema: { type: 'thing' } }, /^Error: The schema of the task cannot be used\. schema is invalid/],
      [{ schema: { $async: true } }, /cannot be used\. The schema is asynchronous/],
      [
        { schema: { $schema: 'http://json-schema.org/draft-04/schema#' } },
        /written in .*draft-04.*; known are 2020-12/,
      ],
      [{ schema: { $ref: 'https://example.org/other.json' } }, /can't resolve reference https:\/\/example.org/],
      [{ schemaFile: 'gone.json' }, /^Error: The schema gone\.json cannot be used\. It is not there\./],
      [{ schemaFile: 'broken.json' }, /^Error: The schema broken\.json cannot be used\. It is not JSON/],
      [{ schemaFile: '../a.json' }, /It lies outside the workspace\./],
    ];

    for (const [input, message] of refused) await assert.rejects(run({ files: ['a.json'], ...input }), message);
  });

  it('takes a schema from a YAML file', async () => {
    write('a.json', '{"size":"big"}');
    write('schema.yaml', 'properties:\n  size: { type: integer }\n');

    const { findings } = await run({ files: ['a.json'], schemaFile: './schema.yaml' });

    assert.deepEqual(findings, [{ path: 'a.json', pointer: '/size', message: 'It must be integer.' }]);
  });

  it('checks a JSON file against the schema in the workspace that it names itself', async () => {
    write('schemas/s.json', '{"properties":{"n":{"enum":[1,2]},"m":{"const":"x"}}}');
    write('docs/bad.json', '{"$schema":"../schemas/s.json#","n":3,"m":"y"}');
    write('docs/good.json', '{"$schema":"../schemas/s.json","n":1}');
    write('docs/lost.json', '{"$schema":"s.json"}');

    const { findings } = await run({ files: ['docs/bad.json', 'docs/good.json', 'docs/lost.json'] });

    assert.deepEqual(findings, [
      { path: 'docs/bad.json', pointer: '/n', message: 'It must be equal to one of the allowed values: 1, 2.' },
      { path: 'docs/bad.json', pointer: '/m', message: 'It must be equal to constant: x.' },
      { path: 'docs/lost.json', message: 'Its schema docs/s.json cannot be used. It is not there.' },
    ]);
  });

  it('leaves a schema alone that lies outside the workspace, on the network or in an installed package', async () => {
    const elsewhere = ['../s.json', '/etc/s.json', 'https://example.org/s.json', './node_modules/x/s.json', '#', ''];
    elsewhere.forEach((named, index) => {
      write(`${index}.json`, JSON.stringify({ $schema: named }));
    });
    write('number.json', '{"$schema":1}');

    const { verdict } = await run({ files: [...elsewhere.map((_, index) => `${index}.json`), 'number.json'] });

    assert.equal(verdict, 'pass');
  });

  it('stays small and alive when a file is hostile', async () => {
    write('lines.jsonl', '{\n'.repeat(10_000));
    write('deep.json', '['.repeat(200_000) + ']'.repeat(200_000));
    write('deep.yaml', '['.repeat(20_000));
    const level = (name: string, of: string) => `${name}: &${name} [${Array(10).fill(`*${of}`).join(',')}]\n`;
    write(
      'bomb.yaml',
      `a: &a [x]\n${'bcdefghi'.replace(/./g, (name) => level(name, String.fromCharCode(name.charCodeAt(0) - 1)))}`,
    );
    write('after.json', '{');

    const { findings } = await run({ files: ['lines.jsonl', 'deep.json', 'deep.yaml', 'bomb.yaml', 'after.json'] });

    assert.equal(findings.filter(({ path }) => path === 'lines.jsonl').length, 20);
    assert.ok(findings.some(({ path }) => path === 'deep.yaml'));
    assert.ok(
      findings.some(({ path, message }) => path === 'bomb.yaml' && message.startsWith('It cannot be unfolded')),
    );
    assert.ok(findings.some(({ path }) => path === 'after.json'));
  });
});
