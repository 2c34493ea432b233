// Whatever is dropped: each fault has its own code with its line, and the other lines go on.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

const good = JSON.stringify({ tool: 'jsonl-parser', input: { text: '1' } });

describe('bad input', () => {
  let at: TemporaryHome;
  let outside: string;

  before(async () => {
    at = temporaryHome();
    const write = (name: string, content: string | Buffer) => writeFileSync(join(at.home.inbox, name), content);
    outside = join(at.place, 'outside');
    mkdirSync(outside);
    at.folder('inside');
    symlinkSync(outside, join(at.place, 'work', 'way-out'));

    at.drop('lines.jsonl', [
      good,
      'not json',
      '[1,2]',
      '"text"',
      'null',
      { tool: 'jsonl-parser', inptu: { text: '1' } },
      { tool: 'jsonl-praser', input: { text: '1' } },
      { tool: 'jsonl-parser', input: { text: 1 } },
      { tool: 'jsonl-parser', priority: 11, input: { text: '1' } },
      { tool: 'git-status', workspace: outside },
      { tool: 'git-status', workspace: join(at.place, 'work', 'way-out') },
      { tool: 'git-status', workspace: at.home.path },
      { tool: 'git-status', workspace: 'relative/path' },
      { tool: 'git-status', workspace: join(at.place, 'work', 'nowhere') },
      { tool: 'git-status' },
      { tool: 'jsonl-parser', workspace: join(at.place, 'work', 'inside'), input: { text: '1' } },
      { request: 'please tidy up' },
      '{"tool":"jsonl-parser","input":{"text":"1"},"metadata":{"__proto__":1}}',
      '{"tool":"jsonl-parser","input":{"text":"1"},"metadata":{"n":12345678901234567890}}',
      `{"tool":"jsonl-parser","metadata":{"deep":${'['.repeat(100)}${']'.repeat(100)}}}`,
      { id: 'a', tool: 'jsonl-parser', dependsOn: ['b'], input: { text: '1' } },
      { id: 'b', tool: 'jsonl-parser', dependsOn: ['c'], input: { text: '1' } },
      { id: 'c', tool: 'jsonl-parser', dependsOn: ['a'], input: { text: '1' } },
      '',
      '   ',
      good,
    ]);
    write(
      'long.jsonl',
      `${good}\n{"tool":"jsonl-parser","input":{"text":"${'x'.repeat(10 * 1024 * 1024)}"}}\n${good}\n`,
    );
    write(
      'bytes.jsonl',
      Buffer.concat([Buffer.from(`${good}\n`), Buffer.from([0x7b, 0xff, 0xfe, 0x7d, 0x0a]), Buffer.from(`${good}\n`)]),
    );
    write('windows.jsonl', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(`${good}\r\n${good}\r\n`)]));
    write('empty.jsonl', '');
    write('unfinished.jsonl', `${good}\n${good}`);
    mkdirSync(join(at.home.inbox, 'folder.jsonl'));
    symlinkSync('/etc/passwd', join(at.home.inbox, 'link.jsonl'));
    write('forbidden.jsonl', `${good}\n`);
    chmodSync(join(at.home.inbox, 'forbidden.jsonl'), 0o000);
    write('ignored.txt', 'not ours');
    write('.hidden.jsonl', 'being written');

    const run = await at.arbiter('start', '--once');
    assert.equal(run.status, 1, run.stderr);
  });
  after(() => at.remove());

  it('gives every faulty line its own code, and runs the others', () => {
    const codes = at.results('lines.jsonl').map(({ line, status, code }) => `${line} ${status} ${code ?? ''}`.trim());
    assert.deepEqual(codes, [
      '1 done',
      '2 rejected LINE_NOT_JSON',
      '3 rejected LINE_NOT_OBJECT',
      '4 rejected LINE_NOT_OBJECT',
      '5 rejected LINE_NOT_OBJECT',
      '6 rejected TASK_UNKNOWN_KEY',
      '7 rejected TOOL_UNKNOWN',
      '8 rejected INPUT_INVALID',
      '9 rejected TASK_INVALID',
      '10 rejected WORKSPACE_NOT_GRANTED',
      '11 rejected WORKSPACE_NOT_GRANTED',
      '12 rejected WORKSPACE_IS_HOME',
      '13 rejected WORKSPACE_NOT_ABSOLUTE',
      '14 rejected WORKSPACE_MISSING',
      '15 rejected WORKSPACE_REQUIRED',
      '16 rejected WORKSPACE_NOT_USED',
      '17 rejected REQUEST_NOT_ROUTED',
      '18 rejected LINE_FORBIDDEN_KEY',
      '19 rejected TASK_INVALID',
      '20 rejected LINE_TOO_DEEP',
      '21 rejected DEPENDENCY_CYCLE',
      '22 rejected DEPENDENCY_CYCLE',
      '23 rejected DEPENDENCY_CYCLE',
      '26 done',
    ]);
  });

  it('says for each what was expected and what to try', () => {
    const errors = at.errors('lines.jsonl');
    assert.equal(errors.length, 22);
    for (const { file, expected, remedy, message } of errors) {
      assert.equal(file, 'lines.jsonl');
      for (const sentence of [expected, remedy, message])
        assert.ok(sentence.length > 0 && !sentence.includes('{line}'), sentence);
    }
    const byLine = new Map(errors.map((error) => [error.line, error]));
    assert.equal(byLine.get(6)?.message, 'The task has an unknown key "inptu".');
    assert.equal(byLine.get(6)?.remedy, 'Did you mean "input"?');
    assert.equal(byLine.get(7)?.remedy, 'Did you mean "jsonl-parser"?');
    assert.match(byLine.get(23)?.message ?? '', /c → a → b → c/);
  });

  it('returns failed lines as they came', () => {
    const lines = at.failed('lines.jsonl').trimEnd().split('\n');
    assert.equal(lines.length, 22);
    assert.ok(lines.includes('not json'));
    assert.equal(at.failed('bytes.jsonl'), '{\u00ff\u00fe}\n');
    assert.equal(
      at.failed('long.jsonl'),
      `{"tool":"jsonl-parser","input":{"text":"${'x'.repeat(10 * 1024 * 1024)}"}}\n`,
    );
  });

  it('reads past a line of ten megabytes', () => {
    const results = at.results('long.jsonl');
    assert.deepEqual(
      results.map(({ status }) => status),
      ['done', 'rejected', 'done'],
    );
    assert.equal(results[1]?.code, 'LINE_TOO_LONG');
  });

  it('reads past a line that is not UTF-8', () => {
    const results = at.results('bytes.jsonl');
    assert.deepEqual(
      results.map(({ status, code }) => code ?? status),
      ['done', 'LINE_NOT_UTF8', 'done'],
    );
  });

  it('runs a file with byte order mark and CR LF, and says so', () => {
    assert.deepEqual(
      at.results('windows.jsonl').map(({ status }) => status),
      ['done', 'done'],
    );
    const notices = at.errors('windows.jsonl').map(({ line, code, severity }) => [line, code, severity]);
    assert.deepEqual(notices, [
      [1, 'FILE_BYTE_ORDER_MARK', 'warning'],
      [1, 'FILE_CRLF', 'warning'],
    ]);
  });

  it('takes a last line without newline, and says that an empty file is empty', () => {
    assert.deepEqual(
      at.results('unfinished.jsonl').map(({ status }) => status),
      ['done', 'done'],
    );
    assert.deepEqual(
      at.errors('empty.jsonl').map(({ line, code }) => [line, code]),
      [[0, 'FILE_EMPTY']],
    );
  });

  it('puts aside what is no file, without following it', () => {
    assert.equal(at.errors('folder.jsonl')[0]?.code, 'FILE_NOT_REGULAR');
    assert.equal(at.errors('link.jsonl')[0]?.code, 'FILE_NOT_REGULAR');
    assert.equal(readdirSync(at.home.failed).filter((name) => /\.(?:folder|link)\.jsonl$/.test(name)).length, 2);
  });

  it('puts aside what it may not read', function () {
    if (process.getuid?.() === 0) {
      console.log('      skipped as root, who may read everything');
      this.skip();
    }
    assert.equal(at.errors('forbidden.jsonl')[0]?.code, 'FILE_UNREADABLE');
  });

  it('leaves alone what is not meant for it', () => {
    assert.ok(existsSync(join(at.home.inbox, 'ignored.txt')));
    assert.ok(existsSync(join(at.home.inbox, '.hidden.jsonl')));
  });
});
