// Whether what tasks had to say arrived: at least once for each that is done, always with one key.
import type { Findings } from './findings.ts';
import type { Submitted } from './load.ts';
import type { Outcomes } from './outcomes.ts';
import type { Receiver } from './receiver.ts';

/** When nothing is open any more. Gives how many tasks said something. */
export function checkDeliveries(
  submitted: readonly Submitted[],
  { done }: Outcomes,
  { keys }: Receiver,
  findings: Findings,
): number {
  const speaking = submitted.filter(({ says }) => says);
  for (const { id } of speaking)
    if (id !== null && done.has(id) && !keys.has(id)) findings.lost.add(`${id} is done, and its request never arrived`);
  for (const [id, known] of keys) {
    if (known.size > 1) findings.duplicated.add(`${id} was sent with ${known.size} keys`);
    if (!speaking.some((one) => one.id === id)) findings.duplicated.add(`a request for ${id} came from nowhere`);
  }
  return speaking.length;
}
