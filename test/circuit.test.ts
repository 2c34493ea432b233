// A plugin that fails again and again is left alone for a while, also after kill -9.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Envelope } from '../contracts/generated/ledger.v1.ts';
import { openReader } from '../ledger/reader.ts';
import { writeLooker } from './fixture-plugins.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';
import { watching } from './watching.ts';

describe('a plugin that fails again and again', () => {
  let at: TemporaryHome;
  let folder: string;
  const home = (openMs: number) => {
    at = temporaryHome({ breaker: { failures: 99, plugins: { looker: { failures: 3, openMs } } } });
    folder = at.folder('shop', { ill: '' });
    writeLooker(at);
  };
  afterEach(() => at.remove());

  const sicken = (id: string, more: object = {}) => ({
    id,
    tool: 'sicken',
    workspace: folder,
    tags: ['no-retry'],
    ...more,
  });
  const codes = (name: string) => at.results(name).map(({ status, code }) => code ?? status);
  function envelope(id: string): Envelope | undefined {
    const reader = openReader(at.home.ledger);
    const found = reader.outcomeOf(id)?.envelope;
    reader.close();
    return found;
  }

  it('is not asked any more, until a task is let through to try, over restarts', async () => {
    home(60_000);
    for (const id of ['a', 'b', 'c']) at.drop(`${id}.jsonl`, [sicken(id)]);
    const { kernel, seen, ended } = await watching(at);
    await seen('settled', 3);
    kernel.kill('SIGKILL');
    await ended;
    const doctor = await at.arbiter('doctor', '--json');
    const { findings } = JSON.parse(doctor.stdout) as { findings: { what: string; detail: string }[] };
    assert.match(
      findings.find(({ what }) => what === 'circuits')?.detail ?? '',
      /^looker is left alone: it failed 3 times in a row, the last time with PLUGIN_DIED\. A task is let through to try at 2/,
    );
    assert.match(
      findings.find(({ what }) => what === 'kernel')?.detail ?? '',
      /^gone without stopping: process \d+ was last/,
    );

    at.drop('d.jsonl', [sicken('d', { tags: [] })]);
    const begun = Date.now();
    assert.equal((await at.arbiter('start', '--once')).status, 1);

    assert.deepEqual(codes('d.jsonl'), ['PLUGIN_CIRCUIT_OPEN']);
    assert.match(at.errors('d.jsonl')[0]?.remedy ?? '', /^A task is let through to try at 2\S+Z\./);
    const { circuit, attempt } = envelope('d') as Envelope;
    assert.equal(attempt, 1, 'it fails fast');
    assert.deepEqual({ ...circuit, until: '' }, { state: 'open', failures: 3, because: 'PLUGIN_DIED', until: '' });
    assert.ok(Date.parse(circuit?.until ?? '') > begun);
  });

  it('is asked again when the one that tries gets an answer; a task with a retry of its own waits for that', async () => {
    home(1_000);
    at.drop('ill.jsonl', [sicken('a'), sicken('b'), sicken('c')]);
    assert.equal((await at.arbiter('start', '--once')).status, 1);
    rmSync(join(folder, 'ill'));
    at.drop('well.jsonl', [sicken('d', { tags: [], retry: { delayMs: 1 } })]);

    assert.equal((await at.arbiter('start', '--once')).status, 0);

    assert.deepEqual(codes('well.jsonl').at(-1), 'done');
    assert.equal(envelope('d')?.circuit?.state, 'half-open');
    at.drop('more.jsonl', [sicken('e')]);
    assert.equal((await at.arbiter('start', '--once')).status, 0);
    assert.equal(envelope('e')?.circuit, undefined);
  });

  it('is not left alone for saying no', async () => {
    home(60_000);
    const looks = Array.from({ length: 4 }, (_, index) => ({
      id: `l${index}`,
      tool: 'look',
      workspace: folder,
      tags: ['no-retry'],
    }));
    at.drop('looks.jsonl', looks);
    await at.arbiter('start', '--once');
    assert.deepEqual(new Set(codes('looks.jsonl')), new Set(['TOOL_FAILED_RETRYABLE']));
    writeFileSync(join(folder, 'ready'), '');
    at.drop('again.jsonl', [{ tool: 'look', workspace: folder }]);
    assert.equal((await at.arbiter('start', '--once')).status, 0);
  });
});
