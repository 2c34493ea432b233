import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { type Content, findSecrets } from './find-secrets.ts';

const secret = `AWS_SECRET_ACCESS_KEY = ${'wJalrXUtnFEMI'}/K7MDENG/bPxRfiCYABCDEFGHIJ\n`;
const found = (path: string, line: number) => ({ kind: 'secret', path, line, message: 'aws: AWSSecretAccessKey' });

function content(path: string, text: string | Buffer): Content {
  const bytes = Buffer.from(text);
  return { path, size: bytes.length, read: (most) => bytes.subarray(0, most) };
}

describe('secrets in effects', () => {
  it('are found in text, not in what is none', async () => {
    const contents = [content('b.env', `x\n${secret}`), content('a.bin', `\0${secret}`), content('c.txt', 'fine')];
    assert.deepEqual(await findSecrets(contents), [found('b.env', 2)]);
  });

  it('are found in text with two bytes a character', async () => {
    const text = Buffer.from(`\ufeff${secret}`, 'utf16le');
    assert.deepEqual(await findSecrets([content('a.ini', text), content('b.ini', Buffer.from(text).swap16())]), [
      found('a.ini', 1),
      found('b.ini', 1),
    ]);
  });

  it('are found whatever a comment beside them says', async () => {
    const text = `# secretlint-disable\n${secret.trim()} # secretlint-disable-line\n`;
    assert.deepEqual(await findSecrets([content('a.env', text)]), [found('a.env', 2)]);
  });

  it('are found in a lot of text, by a thread', async () => {
    assert.deepEqual(await findSecrets([content('a.txt', `${'const a = b;\n'.repeat(10_000)}${secret}`)]), [
      found('a.txt', 10_001),
    ]);
  });

  it('may be in what was not looked at, which is said', async () => {
    const large = { path: 'large.txt', size: 100_000_000, read: (most: number) => Buffer.alloc(most, 'x') };
    assert.deepEqual(await findSecrets([content('a.env', secret), large]), [
      found('a.env', 1),
      { kind: 'not-looked-at', path: 'large.txt', line: 0, message: 'more than 8 MB of text' },
    ]);
  });

  it('are looked for without the rules’ measuring themselves, which would be kept for ever', async () => {
    await findSecrets([content('a.txt', 'fine')]);
    assert.deepEqual(
      performance.getEntriesByType('mark').filter(({ name }) => name.includes('lint')),
      [],
    );
  });
});
