import assert from 'node:assert/strict';
import applyRules from './secret-rules.ts';

describe('secretlint’s rules', () => {
  const token = `ghp_${'a1B2'.repeat(9)}`;
  const long = { path: 'long.txt', text: `${token}\n${'const a = b;\n'.repeat(30_000)}${token}` };

  it('find what stands in many files, and at both ends of a large one', async () => {
    const small = Array.from({ length: 5000 }, (_, index) => ({ path: `${index}.txt`, text: 'fine\n' }));
    const hidden = { path: 'hidden.txt', text: `\n\n${token}` };
    const { found, stoppedAt } = await applyRules({ texts: [...small, hidden, ...small, long], mostMs: 60_000 });
    assert.deepEqual(
      found.map(({ path, line }) => `${path}:${line}`).sort(),
      ['long.txt:1', 'long.txt:30002', 'hidden.txt:3'].sort(),
    );
    assert.equal(stoppedAt, undefined);
  });

  it('stop where it takes too long, and say at which', async () => {
    const texts = [{ path: 'a/package.json', text: token }, { path: 'b/package.json', text: '{}' }, long];
    const { found, stoppedAt } = await applyRules({ texts, mostMs: -1 });
    assert.deepEqual([found.map(({ path }) => path), stoppedAt], [['a/package.json'], 'long.txt']);
  });
});
