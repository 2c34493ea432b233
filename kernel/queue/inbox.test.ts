import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Home, homeAt, makeFolders } from '../home.ts';
import { pathsOf } from './claim.ts';
import { type Inbox, openInbox } from './inbox.ts';

let home: Home;
let inbox: Inbox;

function drop(name: string, content = '{}\n'): string {
  const path = join(home.inbox, name);
  writeFileSync(path, content);
  return path;
}

/** The error line beside what was put aside. */
function reason(): { file: string; line: number; code: string; message: string } {
  const name = readdirSync(home.failed).find((one) => one.endsWith('.errors.jsonl')) ?? '';
  return JSON.parse(readFileSync(join(home.failed, name), 'utf8'));
}

function putAside(): string {
  return join(home.failed, readdirSync(home.failed).find((one) => !one.endsWith('.errors.jsonl')) ?? '');
}

describe('the inbox', () => {
  beforeEach(() => {
    home = homeAt(mkdtempSync(join(tmpdir(), 'inbox-')));
    makeFolders(home);
    inbox = openInbox(home, 60_000);
  });

  afterEach(() => {
    inbox.close();
    rmSync(home.path, { recursive: true });
  });

  it('claims a file by renaming it', () => {
    drop('many.jsonl', '{"tool":"x"}\n');

    const [claim] = inbox.claim(10);

    assert.ok(claim);
    assert.equal(claim.file, 'many.jsonl');
    assert.deepEqual(readdirSync(home.inbox), []);
    assert.equal(readFileSync(pathsOf(home, claim).processing, 'utf8'), '{"tool":"x"}\n');
  });

  it('claims the oldest first, names deciding between equals, and no more than it may', () => {
    for (const [name, second] of [
      ['c', 3],
      ['a', 2],
      ['e', 1],
      ['d', 2],
    ] as const)
      utimesSync(drop(`${name}.jsonl`), 0, second);

    const first = inbox.claim(3).map(({ file }) => file);
    const rest = inbox.claim(3).map(({ file }) => file);

    assert.deepEqual(first, ['e.jsonl', 'a.jsonl', 'd.jsonl']);
    assert.deepEqual(rest, ['c.jsonl']);
  });

  it('claims a file whose name is as long as a name may be', () => {
    drop(`${'x'.repeat(249)}.jsonl`);

    assert.equal(inbox.claim(1).length, 1);
    assert.equal(inbox.recover().length, 1);
  });

  it('leaves hidden files and other suffixes alone', () => {
    const names = ['.half.jsonl', '.jsonl', 'notes.txt', 'many.json', 'many.jsonl.tmp'];
    for (const name of names) drop(name);

    assert.deepEqual(inbox.claim(10), []);
    assert.deepEqual(readdirSync(home.inbox).sort(), names.sort());
  });

  it('puts a folder aside', () => {
    mkdirSync(join(home.inbox, 'many.jsonl'));
    writeFileSync(join(home.inbox, 'many.jsonl', 'inner'), '');

    assert.deepEqual(inbox.claim(10), []);

    assert.equal(reason().code, 'FILE_NOT_REGULAR');
    assert.equal(reason().message, 'many.jsonl is a folder, not a file; it was put aside into failed/.');
    assert.equal(reason().line, 0);
    assert.deepEqual(readdirSync(putAside()), ['inner']);
  });

  it('puts a link aside without following it', () => {
    const secret = join(home.path, 'secret');
    writeFileSync(secret, 'secret');
    symlinkSync(secret, join(home.inbox, 'many.jsonl'));

    assert.deepEqual(inbox.claim(10), []);

    assert.equal(reason().message, 'many.jsonl is a link, not a file; it was put aside into failed/.');
    assert.ok(lstatSync(putAside()).isSymbolicLink());
    assert.equal(readFileSync(secret, 'utf8'), 'secret');
  });

  it('puts a FIFO aside without opening it', () => {
    execFileSync('mkfifo', [join(home.inbox, 'many.jsonl')]);

    assert.deepEqual(inbox.claim(10), []);

    assert.equal(reason().message, 'many.jsonl is a special file, not a file; it was put aside into failed/.');
    assert.ok(lstatSync(putAside()).isFIFO());
  });

  it('puts a file aside that it may not read', function () {
    if (process.getuid?.() === 0) {
      console.log('      skipped as root, who may read everything');
      this.skip();
    }
    chmodSync(drop('many.jsonl'), 0);

    assert.deepEqual(inbox.claim(10), []);

    assert.equal(reason().code, 'FILE_UNREADABLE');
    assert.equal(reason().message, 'many.jsonl cannot be read: permission denied; it was put aside into failed/.');
  });

  it('finds the claims that an earlier kernel left, in the order in which they were made', () => {
    for (const name of ['b', 'a', 'c']) {
      drop(`${name}.jsonl`);
      inbox.claim(1);
    }
    writeFileSync(join(home.processing, 'stray.txt'), '');

    const recovered = openInbox(home, 60_000).recover();

    assert.deepEqual(
      recovered.map(({ file }) => file),
      ['b.jsonl', 'a.jsonl', 'c.jsonl'],
    );
    assert.ok(recovered.every((claim) => claim.recovered));
  });

  it('tells when something is dropped', async () => {
    const told = new Promise<void>((resolve) => inbox.watch(resolve));

    drop('many.jsonl');

    await told;
    assert.equal(inbox.claim(10).length, 1);
  });

  it('makes a removed folder again, and watches it', async () => {
    let tell: () => void = () => undefined;
    inbox.watch(() => tell());
    rmSync(home.inbox, { recursive: true });
    assert.deepEqual(inbox.claim(10), []);

    const told = new Promise<void>((resolve) => {
      tell = resolve;
    });
    drop('many.jsonl');

    await told;
    assert.equal(inbox.claim(10).length, 1);
  });

  it('says that the home has gone', () => {
    const gone = openInbox(homeAt(join(home.path, 'gone')), 60_000);

    assert.throws(() => gone.claim(10), { code: 'HOME_MISSING' });
  });

  it('looks again from time to time, whatever the watcher says', async () => {
    const impatient = openInbox(home, 1);
    try {
      let times = 0;
      await new Promise<void>((resolve) => impatient.watch(() => ++times === 3 && resolve()));
      assert.equal(times, 3);
    } finally {
      impatient.close();
    }
  });
});
