// Two JSON values beside each other, for people: what is missing, what is there instead, and a little around it.
import { structuredPatch } from 'diff';
import { sortedJson } from '../pdk/manifest.ts';

/** Lines that begin with -, + or a space; nothing where the values say the same, whatever the order of their keys. */
export function diffOfJson(wanted: unknown, came: unknown): string {
  const { hunks } = structuredPatch('', '', text(wanted), text(came), '', '', { context: 2 });
  return hunks.map(({ lines }) => lines.join('\n')).join('\n…\n');
}

function text(value: unknown): string {
  return Buffer.from(sortedJson(value as object)).toString('utf8');
}
