// Load plugin: makes sure that what will run is what was loaded.

import type { LoadedPlugin } from '../loader/plugin.ts';
import { newIntactCheck } from '../loader/still-intact.ts';
import type { Step } from './journey.ts';

export function newLoadPlugin(): Step {
  const demandIntact = newIntactCheck();
  return async (journey) => demandIntact(journey.plugin as LoadedPlugin);
}
