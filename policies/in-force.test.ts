import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { policiesInForce } from './in-force.ts';

describe('policiesInForce', () => {
  let packaged: string;
  let home: string;

  beforeEach(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'arbiter-policies-'));
    [packaged, home] = [join(folder, 'package'), join(folder, 'home')];
    await mkdir(packaged);
    await mkdir(home);
    await writeFile(join(packaged, 'performance.yml'), 'schema: performance.v1\n');
    await writeFile(join(packaged, 'security.rego'), 'package security\n');
  });

  afterEach(() => rm(join(packaged, '..'), { recursive: true, force: true }));

  const digest = () => policiesInForce([packaged, home]).digest;

  it("takes the package's policies where the home has none", () => {
    assert.deepEqual(policiesInForce([packaged, home]).files, policiesInForce([packaged]).files);
    assert.deepEqual([...policiesInForce([packaged]).files.keys()].sort(), ['performance.yml', 'security.rego']);
  });

  it("lets the home's file of the same name win", async () => {
    await writeFile(join(home, 'performance.yml'), 'schema: performance.v1\n# tighter\n');

    const { files } = policiesInForce([packaged, home]);

    assert.equal(files.get('performance.yml'), join(home, 'performance.yml'));
    assert.equal(files.get('security.rego'), join(packaged, 'security.rego'));
  });

  it("adds the home's own", async () => {
    await writeFile(join(home, 'house.rego'), 'package house\n');

    assert.equal(policiesInForce([packaged, home]).files.get('house.rego'), join(home, 'house.rego'));
  });

  it('passes over other files and folders that are not there', async () => {
    await writeFile(join(home, 'README.md'), '# Policies\n');

    const { files } = policiesInForce([packaged, home, join(home, 'nowhere')]);

    assert.equal(files.size, 2);
  });

  it('gives the same digest for the same content, wherever it lies', async () => {
    const before = digest();

    await writeFile(join(home, 'performance.yml'), 'schema: performance.v1\n');

    assert.match(before, /^sha256:[0-9a-f]{64}$/);
    assert.equal(digest(), before);
  });

  it('gives another digest when one byte changes', async () => {
    const before = digest();

    await writeFile(join(packaged, 'security.rego'), 'package securitY\n');

    assert.notEqual(digest(), before);
  });

  it('gives another digest when a file gets another name', async () => {
    const before = digest();

    await rm(join(packaged, 'security.rego'));
    await writeFile(join(packaged, 'safety.rego'), 'package security\n');

    assert.notEqual(digest(), before);
  });

  it('takes a set without any policy for a mistake', () => {
    assert.throws(() => policiesInForce([home]), { message: `There is no policy in ${home}.` });
  });
});
