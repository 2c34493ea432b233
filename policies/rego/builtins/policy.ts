// Builtins about the policy itself.
import { type Builtins, pure } from '../builtin.ts';
import { RegoObject, type Value } from '../values.ts';

export const policy: Builtins = {
  'rego.metadata.chain': pure(0, (_args, { annotations }) => annotations),
  'rego.metadata.rule': pure(0, (_args, { annotations }) => {
    const own = annotations.find((entry) => scopeOf(entry) === 'rule');
    return own instanceof RegoObject ? (own.get('annotations') as Value) : new RegoObject();
  }),
  'opa.runtime': pure(0, () => new RegoObject()),
  print: pure(1, () => true),
  trace: pure(1, () => true),
};

function scopeOf(entry: Value): Value | undefined {
  const annotations = entry instanceof RegoObject ? entry.get('annotations') : undefined;
  return annotations instanceof RegoObject ? annotations.get('scope') : undefined;
}
