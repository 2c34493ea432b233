import type { Journey } from '../journey/journey.ts';

/** For people: what answered instead, and why. */
export function fallbackNote({ fallbacks, tool }: Pick<Journey, 'fallbacks' | 'tool'>): string | undefined {
  const [first, last] = [fallbacks[0], fallbacks.at(-1)];
  if (!first || !last) return undefined;
  const by = {
    tool: `the tool ${tool?.name}`,
    cached: `the result of entry ${last.entry}`,
    value: 'the value of the table fallback',
  }[last.action];
  return `In the place of ${first.tool}, which failed (${first.code}: ${first.message}), there is ${by}.`;
}
