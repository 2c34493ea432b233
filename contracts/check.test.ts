import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { type Contracts, check, compileSchema, contractSchema } from './check.ts';
import type { Task } from './generated/task.v1.ts';

const names = readdirSync(new URL('./schemas/', import.meta.url)).map(
  (file) => file.replace(/\.json$/, '') as keyof Contracts,
);

describe('check', () => {
  for (const name of names)
    it(`takes every example that ${name} gives of itself`, () => {
      const examples = contractSchema(name).examples as unknown[];

      assert.ok(examples.length > 0, `${name} has no example`);
      for (const example of examples) assert.deepEqual(check(name, example), { ok: true, value: example });
    });

  for (const name of names)
    it(`refuses an empty list for ${name}`, () => {
      const checked = check(name, []);

      assert.equal(checked.ok, false);
    });

  it('gives the value itself, as its type', () => {
    const task = { tool: 'git-status', workspace: '/repos/shop' };

    const checked = check('task.v1', task);

    assert.ok(checked.ok);
    const typed: Task = checked.value;
    assert.equal(typed, task);
  });

  it('says where a value does not fit, and what was there', () => {
    const checked = check('task.v1', { tool: 'git-status', priority: 11 });

    assert.ok(!checked.ok);
    const [misfit] = checked.misfits;
    assert.equal(misfit?.instancePath, '/priority');
    assert.equal(misfit?.keyword, 'maximum');
    assert.equal(misfit?.data, 11);
  });

  it('names an unknown key', () => {
    const checked = check('settings.v1', { schema: 'settings.v1', workspaces: [], isolaton: 'auto' });

    assert.ok(!checked.ok);
    assert.deepEqual(
      checked.misfits.map(({ params }) => params),
      [{ additionalProperty: 'isolaton' }],
    );
  });

  it('does not change what it checks', () => {
    const settings = Object.freeze({ schema: 'settings.v1', workspaces: Object.freeze(['..']) });

    const checked = check('settings.v1', settings);

    assert.deepEqual(checked, { ok: true, value: { schema: 'settings.v1', workspaces: ['..'] } });
  });
});

describe('compileSchema', () => {
  const schema = {
    type: 'object',
    required: ['name'],
    additionalProperties: false,
    properties: { name: { type: 'string' }, size: { type: 'integer', minimum: 1 }, day: { format: 'date' } },
  };

  it('finds nothing where everything fits', () => {
    assert.deepEqual(compileSchema(schema)({ name: 'a', size: 1, day: '2026-02-28' }), []);
  });

  it('finds every misfit, not the first one only', () => {
    const misfits = compileSchema(schema)({ size: 0, day: '2026-02-30', colour: 'red' });

    assert.deepEqual(misfits.map(({ keyword }) => keyword).sort(), [
      'additionalProperties',
      'format',
      'minimum',
      'required',
    ]);
  });

  it('keeps the misfits of one value apart from those of the next', () => {
    const misfitsOf = compileSchema(schema);

    const first = misfitsOf({});
    const second = misfitsOf({ name: 1 });

    assert.deepEqual(
      [...first, ...second].map(({ keyword }) => keyword),
      ['required', 'type'],
    );
    assert.deepEqual(misfitsOf({ name: 'a' }), []);
  });

  it('refuses what is no JSON Schema', () => {
    assert.throws(() => compileSchema({ type: 'text' }), /type/);
    assert.throws(() => compileSchema({ minimun: 1 }), /unknown keyword: "minimun"/);
  });
});
