// One line of an inbox file: bytes in, a JSON object out, or a catalogue error that says why not.
import { fault } from '../../contracts/errors.ts';
import { hasProtoKey, nestsTooDeep } from '../host/talk/frames.ts';

const deepest = 60;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads the line `number`. Throws LINE_NOT_UTF8, LINE_TOO_DEEP, LINE_NOT_JSON, LINE_NOT_OBJECT or LINE_FORBIDDEN_KEY. */
export function readLine(bytes: Buffer, number: number): Record<string, unknown> {
  const line = number;
  const text = decode(bytes, line);
  if (nestsTooDeep(text, deepest)) throw fault('LINE_TOO_DEEP', { line, limit: deepest });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The engine counts lines too, within this one.
    const detail = (error as Error).message.replace(/ \(line \d+ column \d+\)/, '');
    throw fault('LINE_NOT_JSON', { line, detail });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const found = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
    throw fault('LINE_NOT_OBJECT', { line, found });
  }
  if (hasProtoKey(text, value)) throw fault('LINE_FORBIDDEN_KEY', { line, key: '__proto__' });
  return value as Record<string, unknown>;
}

function decode(bytes: Buffer, line: number): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw fault('LINE_NOT_UTF8', { line });
  }
}
