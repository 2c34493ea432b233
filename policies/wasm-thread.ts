// Runs a compiled policy, in a thread of its own: a module that goes on for ever can only be ended with its thread.
import { type LoadedPolicy, loadPolicy } from '@open-policy-agent/opa-wasm';
import { Piscina } from 'piscina';
import { notAPolicy } from './wasm-module.ts';

/** The names of all entrypoints, or what some of them give for an input. */
export type WasmQuestion = 'entrypoints' | { readonly input: unknown; readonly entrypoints: readonly string[] };

/** Names, or for each entrypoint the values that it gives: none where it is undefined. */
export type WasmAnswer = readonly string[] | readonly (readonly unknown[])[];

/** Of 64 kB. What is not touched costs nothing, and a module with data in it asks for much at once. */
const pages = { initial: 1024, maximum: 4096 };
let loaded: LoadedPolicy | undefined;

// What a module prints is nobody's output.
console.log = () => undefined;

/** Called with nothing it only makes ready. */
export default async function answer(question?: WasmQuestion): Promise<WasmAnswer> {
  if (question === undefined) return [];
  try {
    loaded ??= await load(Piscina.workerData as Uint8Array<ArrayBuffer>);
    return question === 'entrypoints' ? Object.keys(loaded.entrypoints) : evaluated(loaded, question);
  } catch (error) {
    // Whatever state it left its memory in.
    loaded = undefined;
    throw new Error(said(error));
  }
}

async function load(bytes: Uint8Array<ArrayBuffer>): Promise<LoadedPolicy> {
  const problem = notAPolicy(bytes);
  if (problem) throw new Error(problem);
  return loadPolicy(bytes, pages);
}

function evaluated(
  policy: LoadedPolicy,
  { input, entrypoints }: Exclude<WasmQuestion, string>,
): (readonly unknown[])[] {
  const text = new TextEncoder().encode(JSON.stringify(input)).buffer;
  return entrypoints.map((name) => {
    const results = policy.evaluate(text, name) as readonly { readonly result: unknown }[];
    return results.map(({ result }) => result);
  });
}

/** OPA's modules give up by throwing a text, what calls them by throwing other things. */
function said(error: unknown): string {
  if (typeof error === 'string') return error;
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : String(error);
}
