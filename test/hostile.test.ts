// What a hostile review found, each as it was found.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

const parse = (more: object) => ({ tool: 'jsonl-parser', input: { text: '1' }, ...more });

describe('against all intentions', () => {
  let at: TemporaryHome;
  beforeEach(() => {
    at = temporaryHome();
  });
  afterEach(() => at.remove());

  const start = () => at.arbiter('start', '--once');
  const codes = (name: string) => at.results(name).map(({ status, code }) => code ?? status);

  it('a reused id leaves the waiting task alone that it belongs to', async () => {
    at.drop('first.jsonl', [parse({ id: 'a', notBefore: '2999-01-01T00:00:00Z' })]);
    await start();
    at.drop('second.jsonl', [parse({ id: 'a' })]);
    await start();
    assert.deepEqual(codes('second.jsonl'), ['ID_REUSED']);
    assert.equal(readdirSync(at.home.waiting).length, 1);
  });

  it('a repository’s filters are not run by the kernel', async () => {
    const repository = await at.repository('shop', {
      'a.txt': 'one\n',
      '.gitattributes': '* filter=x\n*.txt text eol=crlf\n',
    });
    const mark = join(at.place, 'filter-ran');
    await at.git(repository, 'config', 'filter.x.smudge', `sh -c 'touch ${mark}; cat'`);
    await at.git(repository, 'config', 'filter.x.clean', `sh -c 'touch ${mark}; cat'`);
    at.drop('a.jsonl', [
      { id: 'w', tool: 'file-writer', workspace: repository, input: { path: 'a.txt', content: 'two\n', append: true } },
    ]);
    await start();
    assert.deepEqual(codes('a.jsonl'), ['done']);
    assert.equal(existsSync(mark), false);
    assert.equal(await at.git(repository, 'show', 'arbiter/w:a.txt'), 'one\ntwo');
  });

  it('a name that git leaves out is no change that was kept', async () => {
    const repository = await at.repository('shop');
    at.drop('a.jsonl', [{ tool: 'file-writer', workspace: repository, input: { path: 'git~1', content: 'x' } }]);
    await start();
    assert.deepEqual(codes('a.jsonl'), ['EFFECT_UNSAFE']);
    assert.equal(await at.git(repository, 'branch', '--list', 'arbiter/*'), '');
  });

  it('a ledger that lost its end is not written to', async () => {
    at.drop('a.jsonl', [parse({})]);
    await start();
    const earlier = readFileSync(at.home.ledger);
    at.drop('b.jsonl', [parse({}), parse({})]);
    await start();
    writeFileSync(at.home.ledger, earlier);
    assert.equal((await at.arbiter('ledger', 'verify')).status, 2);
    const run = await start();
    assert.equal(run.status, 3);
    assert.match(run.stderr, /checkpoint notes \d entries, and the ledger ends at entry 2/);
    assert.equal((await at.arbiter('ledger', 'verify')).status, 2);
  });

  it('a copy with folders that forbid everything is removed all the same', async () => {
    const folder = at.folder('notes');
    mkdirSync(join(folder, 'closed'));
    writeFileSync(join(folder, 'closed', 'a.txt'), 'a');
    chmodSync(join(folder, 'closed'), 0o555);
    at.drop('a.jsonl', [{ tool: 'file-writer', workspace: folder, input: { path: 'b.txt', content: 'b' } }]);
    await start();
    chmodSync(join(folder, 'closed'), 0o755);
    assert.deepEqual(codes('a.jsonl'), ['done']);
    assert.deepEqual(readdirSync(at.home.copies), []);
  });

  it('shared dependencies do not stop the kernel', async () => {
    const layers = Array.from({ length: 40 }, (_, layer) =>
      ['x', 'y'].map((side) =>
        parse({ id: `${side}${layer}`, dependsOn: layer === 0 ? ['root'] : [`x${layer - 1}`, `y${layer - 1}`] }),
      ),
    ).flat();
    at.drop('a.jsonl', layers);
    await start();
    assert.equal(readdirSync(at.home.waiting).length, 80);
    at.drop('b.jsonl', [parse({ id: 'root' })]);
    await start();
    assert.equal(at.results('a.jsonl').filter(({ status }) => status === 'done').length, 80);
  });

  it('a chain that failed can be dropped again when its first task is put right', async () => {
    const later = join(at.place, 'work', 'later');
    const chain = [
      { id: 'x', tool: 'contract-validator', workspace: later, input: { files: [] } },
      parse({ id: 'y', dependsOn: ['x'] }),
    ];
    at.drop('a.jsonl', chain);
    await start();
    assert.deepEqual(codes('a.jsonl'), ['WORKSPACE_MISSING', 'DEPENDENCY_FAILED']);
    at.folder('later');
    at.drop('b.jsonl', chain);
    await start();
    assert.deepEqual(codes('b.jsonl'), ['done', 'done']);
  });

  it('every failed line is returned, however many fail together', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `f${index}.jsonl`);
    for (const name of names)
      at.drop(name, [{ id: `x${name}`, tool: 'nothing' }, parse({ id: `y${name}`, dependsOn: [`x${name}`] })]);
    await start();
    for (const name of names) assert.equal(at.failed(name).trim().split('\n').length, 2, name);
  });

  it('no change is applied to another home', async () => {
    const folder = at.folder('notes');
    mkdirSync(join(folder, 'other', 'inbox'), { recursive: true });
    writeFileSync(join(folder, 'other', 'arbiter.yaml'), 'schema: settings.v1\nworkspaces: []\n');
    at.drop('a.jsonl', [
      { tool: 'file-writer', workspace: folder, input: { path: 'other/inbox/evil.jsonl', content: '{}\n' } },
    ]);
    await start();
    assert.deepEqual(codes('a.jsonl'), ['EFFECT_UNSAFE']);
    assert.deepEqual(readdirSync(join(folder, 'other', 'inbox')), []);
    assert.equal(readFileSync(join(folder, 'other', 'arbiter.yaml'), 'utf8').length > 0, true);
  });
});
