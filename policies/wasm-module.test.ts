import assert from 'node:assert/strict';
import { type CompiledPolicy, compiledPolicy, yes } from './fixtures/compiled-policy.ts';
import { notAPolicy } from './wasm-module.ts';

const gives: CompiledPolicy['gives'] = { 'arbiter/release/allow': [yes, yes] };
const module = async (more: Partial<CompiledPolicy> = {}) => new Uint8Array(await compiledPolicy({ gives, ...more }));

describe('a module', () => {
  it('may be a policy', async () => {
    assert.equal(notAPolicy(await module()), undefined);
  });

  it('is none where OPA did not compile it', () => {
    const empty = new Uint8Array(Buffer.from('0061736d01000000', 'hex'));
    assert.equal(notAPolicy(empty), 'it exports no opa_eval, so OPA did not compile it');
  });

  it('is none with a memory of its own, behind however much else', async () => {
    const others = '(func (nop))\n'.repeat(300);
    assert.equal(
      notAPolicy(await module({ field: `${others} (memory $own 1)` })),
      'it has a memory of its own, which nothing bounds',
    );
  });

  it('is none at all where it is text', () => {
    assert.throws(() => notAPolicy(new Uint8Array(Buffer.from('package a'))), /expected magic word/);
  });
});
