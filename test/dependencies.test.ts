// docs/dependencies.md says of every package what it is for; a package without a reason is one too many.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');

describe('docs/dependencies.md', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
  const [, running = '', developing = ''] = read('docs/dependencies.md').split(/^## .*$/m);

  it('has one line for every dependency, and none for anything else', () => {
    assert.deepEqual(packagesIn(running), Object.keys(dependencies as object).sort());
  });

  it('has one line for every devDependency, and none for anything else', () => {
    assert.deepEqual(packagesIn(developing), Object.keys(devDependencies as object).sort());
  });

  it('says of every one what it is for', () => {
    for (const row of rowsIn(running + developing)) assert.match(row[1] as string, /\w/, `${row[0]} has no reason`);
  });
});

function packagesIn(section: string): string[] {
  return rowsIn(section)
    .map(([name]) => name as string)
    .sort();
}

/** The cells of each row, without the heading. */
function rowsIn(section: string): string[][] {
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .slice(1)
        .split('|')
        .map((cell) => cell.trim()),
    )
    .filter(([name]) => name !== 'package' && !/^-+$/.test(name as string));
}
