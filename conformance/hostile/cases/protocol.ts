// Breaking the protocol. The box has no part in it: no level may let any of these through.
import type { ErrorCode } from '../../../contracts/errors.ts';
import type { Case } from '../case.ts';

const each = (names: readonly string[], ...codes: ErrorCode[]): Case[] => names.map((name) => ({ name, codes }));

const late = (name: string, more: Partial<Case> = {}): Case => ({
  name,
  timeoutMs: 600,
  codes: ['PLUGIN_TIMEOUT'],
  ...more,
});

export const protocolCases: readonly Case[] = [
  ...each(['a line over the limit', 'a line without end'], 'PLUGIN_OUTPUT_TOO_LONG'),
  ...each(
    [
      'text that is not UTF-8',
      'a line that is not JSON',
      'zero bytes',
      'not a number, as text',
      'JSON of a hundred thousand levels',
      'an answer of two hundred levels',
      'a key named __proto__',
      'a key named __proto__, spelled by escapes',
      'an answer to a request that is not open',
      'an answer to a request that is over',
      'an answer to number zero',
      'an answer to a name instead of a number',
      'an answer to nobody',
      'an answer of another protocol version',
      'a result and an error at once',
      'an answer with more than belongs there',
      'several messages in one array',
      'a message that is null',
      'a message that is a number',
      'a method that does not exist',
      'a notification that does not exist',
      'a refusal with a code of its own',
    ],
    'PLUGIN_PROTOCOL',
  ),
  // The first one may count.
  { name: 'a second answer', codes: ['PLUGIN_PROTOCOL'] },
  ...each(['an output that does not fit its schema', 'an output that is no object'], 'PLUGIN_OUTPUT_INVALID'),
  ...each(['a number larger than numbers are', 'half a character'], 'PLUGIN_OUTPUT_INVALID', 'PLUGIN_PROTOCOL'),
  late('silence'),
  late('a byte at a time, for ever'),
  late('stdin is never read'),
  late('stdout is closed', { codes: ['PLUGIN_TIMEOUT', 'PLUGIN_DIED'] }),
  late('an answer after its time'),
  ...each(['an end without an answer', 'an end by a signal', 'an end in the middle of a line'], 'PLUGIN_DIED'),
  { name: 'a task submitted without the grant', codes: ['PLUGIN_CALL_DENIED'] },
  { name: 'a call that is not available', grants: ['state.get'], codes: ['PLUGIN_CALL_DENIED'] },
  { name: 'a call for another task', grants: ['submit'], codes: ['PLUGIN_CALL_DENIED'] },
  { name: 'a submitted task that is none', grants: ['submit'] },
  { name: 'a submitted task with an id of its own', grants: ['submit'] },
];
