// Acquire: makes the task's id a promise. Who comes second with the same id gets the first one's result.
import type { IdPromises } from '../queue/id-promises.ts';
import type { Step } from './journey.ts';

export function newAcquire(promises: IdPromises): Step {
  return async (journey) => {
    const first = await promises.acquire(journey.line);
    if (first === null) return;
    journey.duplicate = true;
    journey.settled = { ...first, duplicate: true };
  };
}
