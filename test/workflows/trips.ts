// What a campaign runs: trips that are booked side by side and one after the other, and end in each way that there is.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Ending = 'completed' | 'compensated' | 'partly compensated';

export const endings: readonly Ending[] = ['completed', 'compensated', 'partly compensated'];

/** Tools of test/workflow-plugins.ts. The last step fails unless the trip is to be completed. */
export function tripSource(ending: Ending): string {
  const step = (name: string, undo = 'unbook') =>
    `{name: ${name}, tool: book, input: {name: ${name}}, compensate: {tool: ${undo}, input: {name: ${name}}}}`;
  return `
name: Trip
chain: saga
steps:
  - ${step('hotel')}
  - name: rides
    parallel:
      - ${step('flight', ending === 'partly compensated' ? 'refuse' : 'unbook')}
      - ${step('car')}
  - ${step('guide')}
  - {name: insurance, tool: ${ending === 'completed' ? 'book' : 'refuse'}, input: {name: insurance}}
`;
}

/** What is wrong with what a trip left in its workspace: each booking once, and each compensation once. */
export function tripFaults(workspace: string, ending: Ending): string[] {
  return ['hotel', 'flight', 'car', 'guide', 'insurance'].flatMap((name) => {
    const file = join(workspace, `${name}.log`);
    const found = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const expected = expectedLog(name, ending);
    return found === expected ? [] : [`${file}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`];
  });
}

function expectedLog(name: string, ending: Ending): string {
  if (ending === 'completed') return `+${name}\n`;
  if (name === 'insurance') return '';
  const kept = ending === 'partly compensated' && name === 'flight';
  return kept ? `+${name}\n` : `+${name}\n-${name}\n`;
}
