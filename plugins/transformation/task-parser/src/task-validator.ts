import type { ValidateFunction } from 'ajv';
import { taskSchema } from '../../../../pdk/task-schema.ts';
import { type TaskError, wordMisfits } from './word-misfits.ts';

let compiled: Promise<ValidateFunction> | undefined;

export async function validateTask(input: { task?: object; text?: string }) {
  const read = input.text === undefined ? { task: input.task } : parse(input.text);
  if ('error' in read) return { valid: false, errors: [read.error] };
  const validate = await (compiled ??= compile());
  const valid = validate(read.task);
  return { valid, errors: valid ? [] : wordMisfits(validate.errors ?? []) };
}

/** Loaded and compiled at the first use: whoever only parses lines should not wait for it. */
async function compile(): Promise<ValidateFunction> {
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const { default: addFormats } = await import('ajv-formats');
  const ajv = new Ajv2020({ allErrors: true, verbose: true, strictRequired: false, allowUnionTypes: true });
  (addFormats as unknown as (ajv: object) => void)(ajv);
  return ajv.compile(taskSchema);
}

function parse(text: string): { task: unknown } | { error: TaskError } {
  try {
    return { task: JSON.parse(text) };
  } catch (error) {
    // V8 quotes the text, and may cut it in the middle of a surrogate pair.
    const message = `The text is not JSON: ${(error as SyntaxError).message.toWellFormed()}`;
    return { error: { path: '', message, expected: 'One JSON object.' } };
  }
}
