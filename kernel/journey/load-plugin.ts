// Load plugin: makes sure that what will run is what was loaded, that the budget has something left for it, and that the
// plugin's circuit lets it through.
import type { LoadedPlugin } from '../loader/plugin.ts';
import { newIntactCheck } from '../loader/still-intact.ts';
import { budgetSpent } from '../safety/budget.ts';
import type { Breakers } from '../safety/circuit-breaker.ts';
import type { Step } from './journey.ts';
import { leftAlone } from './within-circuit.ts';

export function newLoadPlugin(breakers: Breakers): Step {
  const demandIntact = newIntactCheck();
  return async (journey) => {
    const plugin = journey.plugin as LoadedPlugin;
    const spent = budgetSpent(journey);
    if (spent) throw spent;
    demandIntact(plugin);
    const { circuit, attempt } = breakers.admit(plugin.spec.id, plugin.digest);
    journey.circuit = circuit;
    journey.admitted = attempt;
    if (!attempt) throw leftAlone(plugin, circuit);
  };
}
