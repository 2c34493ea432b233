// `with`: the literal runs among documents of which a part is replaced.
import { callable, functionAt, ofBuiltin } from './compile-call.ts';
import type { Place, Terms, Ways } from './compiling.ts';
import { type Documents, type Frame, type Mock, patched, replaced, type Step } from './evaluation.ts';
import { RegoError } from './rego-error.ts';
import type { Literal, Term, With } from './syntax.ts';
import type { Value } from './values.ts';

/** The documents with one more replacement; undefined where the value is. */
type Replace = (frame: Frame, at: Documents) => Documents | undefined;

export function compileWiths(literal: Literal, place: Place, ways: Ways, terms: Terms): Step | undefined {
  const replaces: Replace[] = [];
  for (const modifier of literal.withs) {
    const replace = compileWith(modifier, place, ways, terms);
    if (!replace) return undefined;
    replaces.push(replace);
  }
  const inner = ways.group([{ ...literal, withs: [] }], place);
  return (
    inner &&
    ((frame, found) => {
      const outside = frame.at;
      let inside: Documents | undefined = outside;
      for (const replace of replaces) {
        inside = replace(frame, inside);
        if (!inside) return false;
      }
      const within = { ...inside, found: new Map() };
      frame.at = within;
      const ended = inner(frame, () => {
        frame.at = outside;
        const result = found();
        frame.at = within;
        return result;
      });
      frame.at = outside;
      return ended;
    })
  );
}

function compileWith({ target, value, at }: With, place: Place, ways: Ways, terms: Terms): Replace | undefined {
  const original = functionAt(target, ways) ?? (target.kind === 'variable' ? callable(target, ways) : undefined);
  if (original) {
    const mock = replacement(value, place, ways, terms);
    return (
      mock &&
      ((frame, documents) => {
        const found = mock(frame);
        return found && { ...documents, mocks: new Map([...(documents.mocks ?? []), [original.name, found]]) };
      })
    );
  }
  const evaluate = terms.value(value, place);
  if (!evaluate) return undefined;
  if (target.kind !== 'reference' || target.head.kind !== 'variable')
    throw new RegoError('rego_type_error', 'with replaces input, data or functions', at);
  const path = target.path.map((step) => constant(step));
  const isInput = target.head.name === 'input';
  return (frame, documents) => {
    const found = evaluate(frame);
    if (found === undefined) return undefined;
    return isInput
      ? { ...documents, input: replaced(documents.input, path, found) }
      : { ...documents, patch: patched(documents.patch, path, found) };
  };
}

function constant(step: Term): Value {
  if (step.kind !== 'constant') throw new RegoError('rego_type_error', 'with takes constant paths', step.at);
  return step.value;
}

/** A function that is called instead, or a value. */
function replacement(
  value: Term,
  place: Place,
  ways: Ways,
  terms: Terms,
): ((frame: Frame) => Mock | undefined) | undefined {
  const builtin =
    value.kind === 'variable' && !place.bound.has(value.name) ? ways.linker.builtin(value.name) : undefined;
  const other = builtin ? ofBuiltin((value as { name: string }).name, builtin, ways) : functionAt(value, ways);
  if (other) return () => ({ call: other.run });
  const evaluate = terms.value(value, place);
  return (
    evaluate &&
    ((frame) => {
      const found = evaluate(frame);
      return found === undefined ? undefined : { value: found };
    })
  );
}
