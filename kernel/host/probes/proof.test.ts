import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { newFolder, skip } from '../fixtures/boxes.ts';
import type { Boxer } from '../launch/box.ts';
import { bubblewrap } from '../launch/bubblewrap.ts';
import { boxUser, runsAsRoot } from '../launch/stage.ts';
import { utilLinux } from '../launch/util-linux.ts';
import type { Trial } from './probe.ts';
import { keepProof, keptProof } from './proof.ts';

const runtimeBefore = process.env.XDG_RUNTIME_DIR;

function trialOf(boxer: Boxer): Trial {
  const probes = [{ name: 'see other folders', contained: true, detail: 'none' }];
  return { boxer, probes, proven: true, provenAt: '2026-01-01T00:00:00.000Z' };
}

/** Bubblewrap with one more argument. */
function withArgument(argument: string): Boxer {
  return {
    ...bubblewrap,
    launch(box) {
      const launch = bubblewrap.launch(box);
      return { ...launch, command: [...launch.command, argument] };
    },
  };
}

describe('a proof', () => {
  let runtime: string;
  /** Where proofs are kept. */
  let folder: string;
  const file = () => join(folder, readdirSync(folder)[0] as string);

  beforeEach(() => {
    runtime = newFolder();
    process.env.XDG_RUNTIME_DIR = runtime;
    folder = join(runtime, `arbiter-proofs-${process.getuid?.()}`);
  });

  afterEach(() => {
    if (runtimeBefore === undefined) delete process.env.XDG_RUNTIME_DIR;
    else process.env.XDG_RUNTIME_DIR = runtimeBefore;
    rmSync(runtime, { recursive: true });
  });

  it('is none before one was kept', () => {
    assert.equal(keptProof(bubblewrap), null);
  });

  it('is found again for the same way to build boxes', () => {
    const trial = trialOf(bubblewrap);
    keepProof(trial);

    assert.deepEqual(keptProof(bubblewrap), trial);
    assert.deepEqual(keptProof({ ...bubblewrap }), { ...trial, boxer: { ...bubblewrap } });
  });

  it('is kept where nobody else reads or writes it, and nothing else is left', () => {
    keepProof(trialOf(bubblewrap));

    assert.deepEqual([statSync(folder).mode & 0o777, statSync(file()).mode & 0o777], [0o700, 0o600]);
    assert.equal(readdirSync(folder).length, 1);
  });

  it('is none for another command line, or another program', () => {
    keepProof(trialOf(bubblewrap));

    assert.equal(keptProof(withArgument('--share-net')), null);
    assert.equal(keptProof(utilLinux), null);
  });

  it('is none once a program that builds the box is another', () => {
    const path = process.env.PATH;
    try {
      const programs = join(runtime, 'programs');
      mkdirSync(programs);
      process.env.PATH = `${programs}:${path}`;
      keepProof(trialOf(bubblewrap));
      assert.notEqual(keptProof(bubblewrap), null);

      writeFileSync(join(programs, 'bwrap'), '', { mode: 0o755 });

      assert.equal(keptProof(bubblewrap), null);
    } finally {
      process.env.PATH = path;
    }
  });

  it('replaces the one before', () => {
    keepProof(trialOf(bubblewrap));
    const later = { ...trialOf(bubblewrap), provenAt: '2026-01-02T00:00:00.000Z' };
    keepProof(later);

    assert.deepEqual(keptProof(bubblewrap), later);
  });

  it('is not believed from a folder that others can enter', () => {
    keepProof(trialOf(bubblewrap));
    for (const mode of [0o755, 0o770, 0o701, 0o777]) {
      chmodSync(folder, mode);
      assert.equal(keptProof(bubblewrap), null, mode.toString(8));
    }
    chmodSync(folder, 0o700);
    assert.notEqual(keptProof(bubblewrap), null);
  });

  it('is not kept in a folder that others can enter', () => {
    mkdirSync(folder);
    chmodSync(folder, 0o755);

    keepProof(trialOf(bubblewrap));

    assert.deepEqual(readdirSync(folder), []);
  });

  it('is not believed from the folder of somebody else', function () {
    if (!runsAsRoot()) skip(this, 'only root can give a folder away');
    keepProof(trialOf(bubblewrap));

    chownSync(folder, boxUser, boxUser);

    assert.equal(keptProof(bubblewrap), null);
  });

  it('is not believed behind a link', () => {
    keepProof(trialOf(bubblewrap));
    renameSync(folder, join(runtime, 'elsewhere'));

    symlinkSync(join(runtime, 'elsewhere'), folder);

    assert.equal(keptProof(bubblewrap), null);
  });

  it('is not believed when its file is broken', () => {
    keepProof(trialOf(bubblewrap));
    for (const content of [
      '',
      '{"probes":',
      'null',
      '[]',
      '{}',
      '{"probes":[],"provenAt":"2026-01-01T00:00:00.000Z"}',
    ]) {
      writeFileSync(file(), content);
      assert.equal(keptProof(bubblewrap), null, content);
    }
  });

  it('is not missed where it cannot be kept', () => {
    process.env.XDG_RUNTIME_DIR = '/dev/null';

    keepProof(trialOf(bubblewrap));

    assert.equal(keptProof(bubblewrap), null);
  });
});
