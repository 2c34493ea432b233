// What recovery does with effects that a crash interrupted: whatever stands, the folder ends whole.
import assert from 'node:assert/strict';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import type { FileEffect } from '../../contracts/generated/ledger.v1.ts';
import { applyToFolder, finishInFolder } from './apply-effects.ts';
import { type EffectStore, newEffectStore } from './effect-store.ts';

/** What stands at a path: a file with a mode, a link, or nothing. */
type Thing = { readonly content: string; readonly mode: 0o644 | 0o755 } | { readonly link: string } | null;

let folder: string;
let workspace: string;
let store: EffectStore;

function put(path: string, thing: Thing): void {
  const target = join(workspace, path);
  rmSync(target, { force: true });
  if (thing === null) return;
  mkdirSync(dirname(target), { recursive: true });
  if ('link' in thing) return symlinkSync(thing.link, target);
  writeFileSync(target, thing.content);
  chmodSync(target, thing.mode);
}

function thingAt(path: string): Thing {
  const target = join(workspace, path);
  const stat = lstatSync(target, { throwIfNoEntry: false });
  if (!stat) return null;
  if (stat.isSymbolicLink()) return { link: readlinkSync(target) };
  return { content: readFileSync(target, 'utf8'), mode: (stat.mode & 0o777) as 0o644 };
}

function state(thing: Thing): FileEffect['after'] {
  if (thing === null) return null;
  const content = Buffer.from('link' in thing ? thing.link : thing.content);
  const [type, mode] = 'link' in thing ? (['symlink', '777'] as const) : (['file', thing.mode.toString(8)] as const);
  return { type, mode, size: content.length, digest: store.put(content) };
}

function effect(path: string, before: Thing, after: Thing): FileEffect {
  const change = before === null ? 'created' : after === null ? 'deleted' : 'changed';
  return { path, change, before: state(before), after: state(after) };
}

const file = (content: string): Thing => ({ content, mode: 0o644 });

describe('finishing what a crash interrupted', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'finish-effects-'));
    workspace = join(folder, 'workspace');
    mkdirSync(workspace);
    store = newEffectStore(join(folder, 'effects'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('ends whole, whichever files had been written, and however often it is tried', () => {
    const content = fc.string({ unit: 'grapheme-ascii', maxLength: 5 });
    const thing: fc.Arbitrary<Thing> = fc.oneof(
      fc.constant(null),
      fc.record({ content, mode: fc.constantFrom(0o644 as const, 0o755 as const) }, { noNullPrototype: true }),
      content.filter((text) => text !== '').map((link) => ({ link })),
    );
    const paths = ['a', 'b', 'sub/c', 'sub/d', 'deep/er/e'];
    const one = fc.record({ before: thing, after: thing, written: fc.boolean() });
    const all = fc.array(one, { minLength: paths.length, maxLength: paths.length });
    fc.assert(
      fc.property(all, (things) => {
        rmSync(workspace, { recursive: true });
        mkdirSync(workspace);
        const cases = things
          .map((each, index) => ({ ...each, path: paths[index] as string }))
          .filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after));
        for (const { path, before, after, written } of cases) put(path, written ? after : before);
        const files = cases.map(({ path, before, after }) => effect(path, before, after));

        for (let time = 0; time < 2; time++) {
          finishInFolder(workspace, files, store);
          for (const { path, after } of cases) assert.deepEqual(thingAt(path), after, path);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('ends whole where a file takes the place of a folder, at every moment of a crash', () => {
    const files = [
      effect('swap', null, { link: 'elsewhere' }),
      effect('swap/a', file('a'), null),
      effect('swap/b', file('b'), null),
      effect('turn', file('t'), null),
      effect('turn/inner', null, file('i')),
    ];
    const moments: ((() => void) | null)[] = [
      null,
      () => put('swap/a', null),
      () => put('swap/b', null),
      () => put('turn', null),
      () => rmSync(join(workspace, 'swap'), { recursive: true }),
      () => put('swap', { link: 'elsewhere' }),
      () => put('turn/inner', file('i')),
    ];
    for (let crash = 1; crash <= moments.length; crash++) {
      rmSync(workspace, { recursive: true });
      for (const [path, content] of [
        ['swap/a', 'a'],
        ['swap/b', 'b'],
        ['turn', 't'],
      ] as const)
        put(path, file(content));
      for (const step of moments.slice(0, crash)) step?.();

      finishInFolder(workspace, files, store);

      assert.deepEqual(readdirSync(workspace, { recursive: true }).sort(), ['swap', 'turn', 'turn/inner'], `${crash}`);
      assert.deepEqual(thingAt('swap'), { link: 'elsewhere' });
    }
  });

  it('clears away what was written and not yet renamed', () => {
    put('sub/a', file('old'));
    put('sub/.a.arbiter-0190a5f0-1234-7abc-8abc-0123456789ab', file('ne'));
    put('sub/.b', file('somebody else’s'));

    finishInFolder(workspace, [effect('sub/a', file('old'), file('new'))], store);

    assert.deepEqual(readdirSync(join(workspace, 'sub')).sort(), ['.b', 'a']);
    assert.deepEqual(thingAt('sub/a'), file('new'));
  });

  it('takes back what was written when somebody changed another file meanwhile', () => {
    put('a', file('a after'));
    put('b', file('edited by somebody'));
    const files = [effect('a', file('a before'), file('a after')), effect('b', file('b before'), file('b after'))];

    assert.throws(() => finishInFolder(workspace, files, store), {
      code: 'WORKSPACE_MOVED',
      message: 'What the task worked on has changed meanwhile: b.',
    });
    assert.deepEqual(thingAt('a'), file('a before'));
    assert.deepEqual(thingAt('b'), file('edited by somebody'));
  });

  it('says what cannot be taken back', () => {
    put('a', file('a after'));
    put('b', file('edited by somebody'));
    const lost = { type: 'file', mode: '644', size: 4, digest: `sha256:${'0'.repeat(64)}` } as const;
    const files: FileEffect[] = [
      { path: 'a', change: 'changed', before: lost, after: state(file('a after')) },
      effect('b', file('b before'), file('b after')),
    ];

    assert.throws(() => finishInFolder(workspace, files, store), {
      code: 'EFFECT_HALF_APPLIED',
      message: 'The effects of this task could not be applied whole, and these could not be undone: a.',
    });
    assert.deepEqual(thingAt('a'), file('a after'));
  });

  it('goes on where a folder that held effects is a file by now', () => {
    put('sub', file('somebody made this a file'));
    const files = [effect('sub/deep/a', file('a'), file('b'))];

    assert.throws(() => finishInFolder(workspace, files, store), { code: 'WORKSPACE_MOVED' });
    assert.deepEqual(thingAt('sub'), file('somebody made this a file'));
  });

  it('is the same as applying them at once', () => {
    put('a', file('1'));
    const files = [effect('a', file('1'), file('2')), effect('n/b', null, file('3'))];

    applyToFolder(workspace, files, store);
    finishInFolder(workspace, files, store);

    assert.deepEqual([thingAt('a'), thingAt('n/b')], [file('2'), file('3')]);
  });
});
