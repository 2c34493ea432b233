// A plugin that does not care for whatIf: it writes, deletes, pushes, installs hooks, removes folders and makes them again.
// Nothing real changes, and the plan shows what it tried.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { writeShell } from './fixture-plugins.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

interface Shown {
  readonly status: string;
  readonly files: readonly { readonly path: string; readonly change: string; readonly from?: string }[];
  readonly notKept?: readonly { readonly kind: string; readonly name: string }[];
  readonly target: { readonly commits?: readonly { readonly subject: string }[] };
  readonly refused: readonly { readonly host: string; readonly path?: string; readonly verdict: string }[];
}

describe('a plugin that ignores whatIf', () => {
  let at: TemporaryHome;
  let server: Server;
  let port: number;
  const asked: string[] = [];

  before(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  after(() => server.close());
  beforeEach(() => {
    at = temporaryHome({ network: { privateHosts: [`localhost:${port}`] } });
    asked.splice(0);
    writeShell(at, { grants: { hosts: [{ host: 'localhost', port, access: 'effect' }] } });
  });
  afterEach(() => at.remove());

  async function plan(workspace: string, lines: readonly string[]): Promise<{ shown: Shown; said: string }> {
    const input = { script: lines.join('\n'), anyway: true };
    at.drop('a.jsonl', [{ id: 'task', tool: 'run', workspace, whatIf: true, input }]);
    const { status, stdout } = await at.arbiter('start', '--once');
    assert.equal(status, 0, stdout);
    const shown: Shown = JSON.parse((await at.arbiter('plan', 'show', 'task', '--json')).stdout);
    assert.equal(shown.status, 'planned');
    return { shown, said: (at.results('a.jsonl')[0] as never as { output: { stderr: string } }).output.stderr };
  }
  const changes = ({ files }: Shown) =>
    files.map(({ path, change, from }) => `${change} ${from ? `${from} to ` : ''}${path}`);

  /** Everything below `folder`, and when it was changed. */
  function everything(folder: string): string[] {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return `${path} ${entry.isFile() ? readFileSync(path, 'latin1') : ''}`;
      })
      .sort();
  }

  const spoil = [
    'echo changed > a.txt',
    'rm b.txt',
    'echo new > new.txt',
    'mv c.txt moved.txt',
    'rm -rf folder; mkdir folder; echo other > folder/other.txt',
  ];
  const spoiled = [
    'changed a.txt',
    'deleted b.txt',
    'deleted folder/one.txt',
    'created folder/other.txt',
    'renamed c.txt to moved.txt',
    'created new.txt',
  ];
  const files = { 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'a longer text\n' };
  function fill(path: string): void {
    mkdirSync(join(path, 'folder'));
    writeFileSync(join(path, 'folder', 'one.txt'), 'one\n');
  }

  it('leaves a folder as it is, and the plan shows writes, deletes, and a folder made again', async () => {
    const folder = at.folder('notes', files);
    fill(folder);
    const before = everything(`${at.place}/work`);

    const { shown } = await plan(folder, [
      ...spoil,
      `rm -rf '${folder}'`,
      `echo x > '${join(at.home.inbox, 'x.jsonl')}'`,
    ]);

    assert.deepEqual(everything(`${at.place}/work`), before);
    assert.deepEqual(changes(shown), spoiled);
    assert.deepEqual(readdirSync(at.home.inbox), []);
  });

  it('leaves repositories as they are, and the plan shows commits, hooks, and pushes that met the proxy', async () => {
    const repository = await at.repository('shop', files);
    fill(repository);
    await at.git(repository, 'add', '.');
    await at.git(repository, 'commit', '--quiet', '-m', 'A folder');
    const remote = join(at.place, 'work', 'remote.git');
    await at.git(repository, 'clone', '--quiet', '--bare', '.', remote);
    await at.git(repository, 'remote', 'add', 'origin', remote);
    const mark = join(at.place, 'work', 'hook-ran');
    const before = everything(`${at.place}/work`);

    const { shown, said } = await plan(repository, [
      ...spoil,
      `mkdir -p .git/hooks; printf '#!/bin/sh\ntouch ${mark} /tmp/ran\n' | tee .git/hooks/post-commit > .git/hooks/pre-push; chmod +x .git/hooks/*`,
      `git config core.fsmonitor 'touch ${mark} #'`,
      "git add -A; git commit -qm 'Mine'",
      `git push '${remote}' HEAD:main`,
      `git push http://localhost:${port}/granted.git HEAD:main`,
      'git push http://github.example/not-granted.git HEAD:main',
      `rm -rf '${repository}' '${remote}'`,
      `for hooks in '${repository}/.git/hooks' '${remote}/hooks'; do cp .git/hooks/post-commit "$hooks/"; done`,
    ]);

    assert.deepEqual(everything(`${at.place}/work`), before);
    assert.equal(existsSync(mark), false);
    assert.deepEqual(asked, [], 'a request reached the server');
    assert.deepEqual(changes(shown), spoiled);
    assert.deepEqual(
      shown.target.commits?.map(({ subject }) => subject),
      ['Mine'],
    );
    assert.deepEqual(
      shown.notKept?.map(({ kind, name }) => `${kind} ${name}`),
      ['setting config', 'hook post-commit', 'hook pre-push'],
    );
    assert.deepEqual(
      shown.refused.map(({ host, path, verdict }) => `${host}${path}: ${verdict}`),
      ['localhost/granted.git/info/refs: closed during work', 'github.example/not-granted.git/info/refs: not granted'],
      said,
    );
    const text = (await at.arbiter('plan', 'show', 'task')).stdout;
    assert.match(text, /not kept: hook pre-push/);
    assert.match(text, /refused: GET github\.example:80\/not-granted\.git\/info\/refs: not granted/);
  });
});
