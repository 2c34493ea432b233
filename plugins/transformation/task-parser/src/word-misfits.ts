// Words what ajv found wrong with a task for the person who wrote it.
import type { ErrorObject } from 'ajv';

export interface TaskError {
  /** JSON pointer into the task; empty for the task itself. */
  readonly path: string;
  readonly message: string;
  readonly expected: string;
}

const mostShown = 100;

export function wordMisfits(misfits: ErrorObject[]): TaskError[] {
  const noObject = misfits.find(({ keyword, instancePath }) => keyword === 'type' && instancePath === '');
  if (noObject) return [word(noObject)];
  return misfits.filter((misfit) => !isPartOfChoice(misfit, misfits)).map(word);
}

/** Where none of several forms fits, ajv also tells why each one does not; together that only confuses. */
function isPartOfChoice(misfit: ErrorObject, all: ErrorObject[]): boolean {
  if (misfit.keyword === 'oneOf') return false;
  if (misfit.schemaPath.startsWith('#/oneOf/')) return true;
  const choices = all.filter(({ keyword, instancePath }) => keyword === 'oneOf' && instancePath !== '');
  return choices.some((choice) => misfit.instancePath.startsWith(choice.instancePath));
}

function word({ keyword, instancePath: path, params, parentSchema, data, message }: ErrorObject): TaskError {
  const found = `It is ${shown(data)}.`;
  const meaning = parentSchema?.description === undefined ? '' : `${parentSchema.description} `;
  switch (keyword) {
    case 'oneOf':
      return path === '' ? toolOrRequest(params.passingSchemas) : { path, message: found, expected: meaning.trim() };
    case 'required': {
      const name = params.missingProperty;
      return { path, message: `${name} is missing.`, expected: `A value for ${name}.` };
    }
    case 'additionalProperties': {
      const known = Object.keys(parentSchema?.properties).join(', ');
      const message = `${params.additionalProperty} is no known key.`;
      return { path, message, expected: `Only these keys: ${known}.` };
    }
    case 'type':
      return { path, message: found, expected: `${meaning}Its type is ${params.type}.` };
    case 'enum':
      return { path, message: found, expected: `${meaning}One of: ${params.allowedValues.join(', ')}.` };
    default:
      return { path, message: found, expected: `${meaning}It ${message}.` };
  }
}

function toolOrRequest(passing: unknown): TaskError {
  const message = passing ? 'It has a tool and a request.' : 'It has neither a tool nor a request.';
  return { path: '', message, expected: 'Either a tool, or a request in free text.' };
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value);
  return text.length > mostShown ? `${text.slice(0, mostShown).toWellFormed()}…` : text;
}
