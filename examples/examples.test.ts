// The example plugins for real: each alone over stdio, and all of them in a home, run by the kernel.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, compileSchema } from '../contracts/check.ts';
import { runPlugin } from '../pdk/run-plugin.ts';
import { type TemporaryHome, temporaryHome } from '../test/temporary-home.ts';

const repository = fileURLToPath(new URL('../', import.meta.url));
const plugins = {
  typescript: join(repository, 'examples/plugins/typescript/release-notes'),
  python: join(repository, 'examples/plugins/python/todo-finder'),
  bash: join(repository, 'examples/plugins/bash/shell-syntax'),
};
type Language = keyof typeof plugins;
const languages = Object.keys(plugins) as Language[];
const interpreters: Record<Language, string> = {
  typescript: process.execPath,
  python: '/usr/bin/python3',
  bash: '/bin/bash',
};

function skipWhereLacking(context: Mocha.Context, language: Language): void {
  if (existsSync(interpreters[language])) return;
  console.log(`      skipped: there is no ${interpreters[language]} on this machine`);
  context.skip();
}

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** Starts the plugin as a box would, writes `lines`, ends its input, and gives all that came back. */
function converse(folder: string, lines: readonly (object | string)[]) {
  const { entry } = JSON.parse(readFileSync(join(folder, 'plugin.spec.json'), 'utf8'));
  const program = join(folder, entry.file);
  const [file, ...args] = entry.runtime === 'node' ? [process.execPath, program] : [program];
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify({ jsonrpc: '2.0', ...line })));
  const { status, stdout, stderr } = spawnSync(file as string, args, {
    input: `${text.join('\n')}\n`,
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin' },
    timeout: 20_000,
  });
  const answers: Answer[] = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  for (const answer of answers) assert.deepEqual(check('protocol.v1', answer), { ok: true, value: answer });
  return { status, answers, stderr };
}

const initialize = (plugin: string) => ({
  id: 1,
  method: 'initialize',
  params: { protocol: 'protocol.v1', plugin, settings: {} },
});
const moment = '2026-01-01T00:00:00.000Z';
const execute = (id: number, tool: string, input: object = {}, workspace: string | null = null) => ({
  id,
  method: 'execute',
  params: { tool, input, workspace, whatIf: false, traceparent: '', deadline: moment, now: moment },
});

/** A folder of its own, with `files` in it. */
function workspaceWith(files: Record<string, string | Buffer>): string {
  const folder = mkdtempSync(join(tmpdir(), 'examples-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** Calls a tool of the plugin on a workspace with `files`; the answer fits what its spec promises. */
async function answerOf(folder: string, tool: string, input: object, files?: Record<string, string | Buffer>) {
  const workspace = files && workspaceWith(files);
  const plugin = await runPlugin(folder);
  try {
    const { tools } = JSON.parse(readFileSync(join(folder, 'plugin.spec.json'), 'utf8'));
    assert.deepEqual(compileSchema(tools[tool].input)(input), []);
    const output = await plugin.execute(tool, input, workspace ? { workspace } : {});
    assert.deepEqual(compileSchema(tools[tool].output)(output), []);
    return output;
  } finally {
    await plugin.stop();
    if (workspace) rmSync(workspace, { recursive: true });
  }
}

for (const language of languages) {
  const folder = plugins[language];
  const id = basename(folder);

  describe(`the example in ${language}, alone`, () => {
    before(function () {
      skipWhereLacking(this, language);
    });

    it('holds the conversation that its README shows', () => {
      const readme = readFileSync(join(folder, 'README_PLUGIN.md'), 'utf8');
      const shown = /```jsonl\n(?<lines>\{"jsonrpc"[\s\S]*?)```/.exec(readme)!.groups!.lines!.trim().split('\n');
      const workspace = workspaceWith({
        'deploy.sh': '#!/bin/bash\necho )\n',
        'cart.py': '# TODO(ada): add coupons\n',
      });
      const fromKernel = shown.filter((line) => line.includes('"method"'));

      const { status, answers } = converse(
        folder,
        fromKernel.map((line) => line.replaceAll('/workspace', workspace)),
      );

      rmSync(workspace, { recursive: true });
      assert.deepEqual(
        answers,
        shown.filter((line) => !fromKernel.includes(line)).map((line) => JSON.parse(line)),
      );
      assert.equal(status, 0);
    });

    it('says which tools it has, and that it is well', () => {
      const { tools } = JSON.parse(readFileSync(join(folder, 'plugin.spec.json'), 'utf8'));

      const { answers } = converse(folder, [initialize(id), { id: 2, method: 'health' }]);

      assert.deepEqual(answers[0]?.result, { protocol: 'protocol.v1', tools: Object.keys(tools) });
      assert.deepEqual(answers[1]?.result, { ok: true });
    });

    it('refuses a tool and a method that it does not know, and goes on', () => {
      const { status, answers } = converse(folder, [
        initialize(id),
        execute(2, 'no-such-tool'),
        { id: 3, method: 'no-such-method' },
        { id: 4, method: 'health' },
      ]);

      assert.deepEqual(
        answers.map((answer) => answer.error?.code),
        [undefined, -32601, -32601, undefined],
      );
      assert.equal(status, 0);
    });

    it('answers no cancel of a request that is not open', () => {
      const { status, answers } = converse(folder, [
        initialize(id),
        { method: 'cancel', params: { id: 99 } },
        { id: 2, method: 'health' },
      ]);

      assert.deepEqual(
        answers.map((answer) => answer.id),
        [1, 2],
      );
      assert.equal(status, 0);
    });

    it('ends in peace with its input, and at shutdown', () => {
      const ended = converse(folder, [initialize(id)]);
      assert.deepEqual([ended.status, ended.stderr], [0, '']);

      const shutDown = converse(folder, [initialize(id), { id: 2, method: 'shutdown' }, { id: 3, method: 'health' }]);
      assert.deepEqual([shutDown.status, shutDown.stderr], [0, '']);
      assert.equal(shutDown.answers[1]?.result, null);
    });

    // The kernel writes no such line, and what definePlugin does about one is its own business.
    if (language === 'typescript') return;
    it('passes over lines that are no message, without a word to stdout', () => {
      const odd = ['garbage', '', '{"jsonrpc":', '[]', '5', '"text"', '{"a":1}x', '['.repeat(5000), '\u0000\u0001'];

      const { status, answers, stderr } = converse(folder, [...odd, { id: 7, method: 'health' }, ...odd]);

      assert.deepEqual(
        answers.map((answer) => answer.id),
        [7],
      );
      assert.equal(status, 0);
      assert.match(stderr, /^not a message: /m);
      assert.doesNotMatch(stderr, /Traceback|syntax error|unbound|subscript/);
    });
  });
}

describe('the example in typescript', () => {
  const release = (version: string, ...subjects: string[]) =>
    answerOf(plugins.typescript, 'release-notes', { version, commits: subjects.map((subject) => ({ subject })) });

  it('raises the version by the largest change, and sorts changes under headings', async () => {
    assert.deepEqual(await release('1.4.2', 'fix(cart): count once', 'feat: coupons', 'chore: tidy', 'Merge x'), {
      version: '1.5.0',
      bump: 'minor',
      notes: '## 1.5.0\n\n### Features\n\n- coupons\n\n### Fixes\n\n- **cart**: count once\n',
      unread: 1,
    });
  });

  it('takes a breaking change for a major one, and before 1.0.0 for a minor one', async () => {
    const notes = (version: string) => `## ${version}\n\n### Breaking changes\n\n- drop v1\n`;
    const subject = 'feat!: drop v1';
    assert.deepEqual(await release('1.4.2', subject), {
      version: '2.0.0',
      bump: 'major',
      notes: notes('2.0.0'),
      unread: 0,
    });
    assert.deepEqual(await release('0.4.2', subject), {
      version: '0.5.0',
      bump: 'major',
      notes: notes('0.5.0'),
      unread: 0,
    });
  });

  it('asks for no release where nothing changed for users', async () => {
    assert.deepEqual(await release('1.4.2', 'docs: typo'), { version: '1.4.2', bump: null, notes: '', unread: 0 });
  });

  it('refuses a version that was not released', async () => {
    await assert.rejects(
      release('2.0.0-rc.1', 'fix: it'),
      new Error('2.0.0-rc.1 was not released. Give the last released version, such as 1.4.2.'),
    );
  });
});

describe('the example in python', () => {
  before(function () {
    skipWhereLacking(this, 'python');
  });

  it('lists comments by file and line, and leaves out what is no text', async () => {
    const output = await answerOf(
      plugins.python,
      'find-todos',
      {},
      {
        'a.ts': 'const todo = 1;\n// TODO(ada): say “hello”\n/* FIXME later */\n',
        'b/c.py': 'x = 1  # TODO: ümlaut\n',
        'b/page.html': '<!-- FIXME title -->',
        'b/binary': '# TODO no\0',
        '.git/config': '# TODO no',
      },
    );
    assert.deepEqual(output, {
      comments: [
        { path: 'a.ts', line: 2, tag: 'TODO', owner: 'ada', text: 'say “hello”' },
        { path: 'a.ts', line: 3, tag: 'FIXME', text: 'later' },
        { path: 'b/c.py', line: 1, tag: 'TODO', text: 'ümlaut' },
        { path: 'b/page.html', line: 1, tag: 'FIXME', text: 'title' },
      ],
      files: 3,
      skipped: 1,
      truncated: false,
    });
  });

  it('stops at the limit, and says so', async () => {
    const output = await answerOf(
      plugins.python,
      'find-todos',
      { tags: ['XXX'], limit: 1 },
      { a: '# XXX 1\n# XXX 2\n' },
    );
    assert.deepEqual(output, {
      comments: [{ path: 'a', line: 1, tag: 'XXX', text: '1' }],
      files: 1,
      skipped: 0,
      truncated: true,
    });
  });

  it('stays below one message however much it finds', async () => {
    const line = `# TODO ${'\u0001'.repeat(150)}\n`;
    const files = { a: line.repeat(5000) };
    const output = await answerOf(plugins.python, 'find-todos', { limit: 5000 }, files);
    assert.ok(JSON.stringify(output).length < 1024 * 1024);
    assert.equal((output as { truncated: boolean }).truncated, true);
  });

  it('stops when cancelled', () => {
    const files = Array.from({ length: 2000 }, (_, index) => [`${index}.py`, '# TODO\n'] as const);
    const workspace = workspaceWith(Object.fromEntries(files));

    const { answers } = converse(plugins.python, [
      initialize('todo-finder'),
      execute(2, 'find-todos', {}, workspace),
      { method: 'cancel', params: { id: 2 } },
    ]);

    rmSync(workspace, { recursive: true });
    assert.deepEqual(answers[1], { jsonrpc: '2.0', id: 2, error: { code: -32800, message: 'cancelled' } });
  });

  it('refuses to work without a workspace', async () => {
    await assert.rejects(answerOf(plugins.python, 'find-todos', {}), new Error('this tool needs a workspace'));
  });
});

describe('the example in bash', () => {
  before(function () {
    skipWhereLacking(this, 'bash');
  });
  const checked = (files: Record<string, string | Buffer>, asked = Object.keys(files)) =>
    answerOf(plugins.bash, 'shell-syntax', { files: asked }, files);

  it('passes scripts that can be read, and skips what is no script', async () => {
    assert.deepEqual(
      await checked({
        'a.sh': 'echo "$(date)"\n',
        'bin/run': '#!/usr/bin/env bash\nx=(1 2)\n',
        'x.py': '#!/usr/bin/python3\nif (\n',
        'notes.md': 'if (',
      }),
      { verdict: 'pass', checked: 2, findings: [] },
    );
    assert.deepEqual(await checked({}), { verdict: 'pass', checked: 0, findings: [] });
  });

  it('asks the shell that the first line names', async () => {
    const script = 'x=(1 2)\n';
    const output = (await checked({ a: `#!/bin/bash\n${script}`, b: `#!/bin/sh\n${script}` })) as { checked: number };
    assert.equal(output.checked, 2);
  });

  it('says where a script is broken', async () => {
    assert.deepEqual(await checked({ 'a.sh': 'echo 1\necho )\n' }), {
      verdict: 'fail',
      checked: 1,
      findings: [{ path: 'a.sh', line: 2, message: "syntax error near unexpected token `)'" }],
    });
  });

  it('runs nothing of what it reads', async () => {
    const mark = join(tmpdir(), `examples-mark-${process.pid}`);
    await checked({ 'a.sh': `touch ${mark}\n$(touch ${mark})\n` });
    assert.equal(existsSync(mark), false);
  });

  it('reads names as JSON writes them, whatever is in them', async () => {
    const names = [
      'say "hi".sh',
      'back\\slash\\u0041.sh',
      '-n.sh',
      'ümläut 🙂.sh',
      'tab\there.sh',
      'new\nline.sh',
      '$(x).sh',
      '*.sh',
      'a/b.sh',
    ];
    const files = Object.fromEntries(names.map((name) => [name, 'fi\n']));
    const { findings } = (await checked(files)) as { findings: { path: string; message: string }[] };
    assert.deepEqual(
      findings.map(({ path }) => path),
      names,
    );
    for (const { message } of findings) assert.equal(message, "syntax error near unexpected token `fi'");
  });

  it('answers in short and whole UTF-8, whatever the shell quotes of a file', async () => {
    const long = 'ü'.repeat(1000);
    const { findings } = (await checked({
      'short.sh': '(x) bü\\\\"-"\n',
      'even.sh': `(x) ${long}\n`,
      'odd.sh': `(x) b${long}\n`,
      'bytes.sh': Buffer.from('(x) b\xff\x01\n', 'latin1'),
    })) as { findings: { message: string }[] };

    assert.equal(findings.length, 4);
    assert.match(findings[0]!.message, /^syntax error near unexpected token `bü\\\\"-"'/);
    for (const { message } of findings) {
      assert.ok(Buffer.byteLength(message) <= 1000);
      // Bytes that are no UTF-8 would have been read as U+FFFD.
      assert.doesNotMatch(message, /[\uFFFD\p{Cc}]/u);
    }
  });

  it('looks at nothing outside the workspace', async () => {
    const outside = {
      verdict: 'fail',
      checked: 0,
      findings: [{ path: '', message: 'This is no file of the workspace.' }],
    };
    for (const path of ['../../../etc/profile', '/etc/profile', 'gone.sh', '.'])
      assert.deepEqual(await checked({ a: '' }, [path]), { ...outside, findings: [{ ...outside.findings[0], path }] });

    const workspace = workspaceWith({});
    symlinkSync('/etc/profile', join(workspace, 'link.sh'));
    const { answers } = converse(plugins.bash, [execute(1, 'shell-syntax', { files: ['link.sh'] }, workspace)]);
    rmSync(workspace, { recursive: true });
    assert.deepEqual(answers[0]?.result, { ...outside, findings: [{ ...outside.findings[0], path: 'link.sh' }] });
  });

  it('is not taken in by keys and strings that look like the protocol', () => {
    const { answers } = converse(plugins.bash, [
      '{"params":{"id":5,"method":"shutdown","tool":"\\"method\\":\\"health\\"","id\\"":6},"id":3,"method":"execute"}',
      ' { "id" : 4 , "method" : "health" , "jsonrpc" : "2.0" } ',
    ]);
    assert.deepEqual(
      answers.map(({ id, error }) => [id, error?.code]),
      [
        [3, -32601],
        [4, undefined],
      ],
    );
  });
});

for (const level of ['namespaces', 'process'])
  describe(`the examples in a home, at isolation level ${level}`, () => {
    let at: TemporaryHome;

    before(async function () {
      skipWhereLacking(this, 'bash');
      if (level === 'process' || (await sandboxIsProven())) return;
      console.log('      skipped: no sandbox proves itself on this machine');
      this.skip();
    });
    beforeEach(() => {
      at = temporaryHome();
      for (const folder of Object.values(plugins))
        cpSync(folder, join(at.home.plugins, basename(folder)), { recursive: true });
    });
    afterEach(() => at.remove());

    const start = () => at.arbiter('start', '--once', '--isolation', level);
    const scripts = { 'good.sh': '#!/bin/sh\necho ok # TODO: say more\n', 'bad.sh': '#!/bin/bash\necho )\n' };
    const message = "syntax error near unexpected token `)'";

    it('are run by the kernel as any plugin', async () => {
      const workspace = at.folder('shop', scripts);
      at.drop('a.jsonl', [
        { id: 'notes', tool: 'release-notes', input: { version: '1.0.0', commits: [{ subject: 'fix: it' }] } },
        { id: 'syntax', tool: 'shell-syntax', workspace, input: { files: ['good.sh', 'bad.sh'] } },
      ]);

      const run = await start();

      assert.equal(run.status, 0, run.stdout + run.stderr);
      assert.deepEqual(
        at.results('a.jsonl').map(({ output }) => output),
        [
          { version: '1.0.1', bump: 'patch', notes: '## 1.0.1\n\n### Fixes\n\n- it\n', unread: 0 },
          { verdict: 'fail', checked: 2, findings: [{ path: 'bad.sh', line: 2, message }] },
        ],
      );
      const { entries } = JSON.parse((await at.arbiter('show', 'syntax', '--json')).stdout);
      assert.equal(entries.at(-1).body.isolation, level);
    });

    it('are run by the kernel as any plugin, the one in python too', async function () {
      skipWhereLacking(this, 'python');
      const workspace = at.folder('shop', scripts);
      at.drop('a.jsonl', [{ tool: 'find-todos', workspace }]);

      const run = await start();

      assert.equal(run.status, 0, run.stdout + run.stderr);
      const comments = [{ path: 'good.sh', line: 2, tag: 'TODO', text: 'say more' }];
      assert.deepEqual(at.results('a.jsonl')[0]?.output, { comments, files: 2, skipped: 0, truncated: false });
    });

    it('can be a gate: with a rule in a table, no broken script is kept', async () => {
      writeFileSync(join(at.home.process, 'decisions.dmn'), tablesWithGate());
      const workspace = at.folder('shop');
      at.drop('a.jsonl', [
        { tool: 'file-writer', workspace, input: { path: 'good.sh', content: scripts['good.sh'] } },
        { id: 'bad', tool: 'file-writer', workspace, input: { path: 'bad.sh', content: scripts['bad.sh'] } },
      ]);

      await start();

      assert.deepEqual(
        at.results('a.jsonl').map(({ status, code }) => code ?? status),
        ['done', 'GATE_FAILED'],
      );
      assert.deepEqual([existsSync(join(workspace, 'good.sh')), existsSync(join(workspace, 'bad.sh'))], [true, false]);
      const { entries } = JSON.parse((await at.arbiter('show', 'bad', '--json')).stdout);
      assert.deepEqual(entries.at(-1).body.gates, [
        {
          id: 'L0/shell-syntax',
          tier: 'L0',
          tool: 'shell-syntax',
          verdict: 'fail',
          findings: [{ path: 'bad.sh', line: 2, message }],
        },
      ]);
    });
  });

async function sandboxIsProven(): Promise<boolean> {
  const at = temporaryHome();
  const { stdout } = await at.arbiter('doctor', '--json');
  at.remove();
  return (JSON.parse(stdout).sandboxes as { proven: boolean }[]).some(({ proven }) => proven);
}

/** The package's tables, with the rule that the README of the plugin in bash shows. */
function tablesWithGate(): string {
  const readme = readFileSync(join(plugins.bash, 'README_PLUGIN.md'), 'utf8');
  const rule = /```xml\n(?<rule>[\s\S]*?)```/.exec(readme)!.groups!.rule!;
  const tables = readFileSync(join(repository, 'process/decisions.dmn'), 'utf8');
  const table = tables.indexOf('<decisionTable id="gate-tools.table"');
  const end = tables.indexOf('    </decisionTable>', table);
  return tables.slice(0, end) + rule + tables.slice(end);
}
