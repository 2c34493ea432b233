// Reads DMN files that belong together: a model may import others, which are found by their namespace.

import type { Model } from './model.ts';
import { readDmn } from './read-dmn.ts';
import { newRequirementGraph, type RequirementGraph } from './requirement-graph.ts';

/** The graphs of the models of `files`, in order, each joined with those it imports. Throws TABLE_INVALID. */
export async function loadModels(files: readonly string[]): Promise<RequirementGraph[]> {
  const models: Model[] = [];
  for (const file of files) models.push(await readDmn(file));
  const built = new Map<Model, RequirementGraph>();

  function build(model: Model, above: readonly Model[]): RequirementGraph {
    const known = built.get(model);
    if (known) return known;
    const imported = new Map<string, RequirementGraph>();
    for (const { namespace } of model.imports) {
      const found = models.find((candidate) => candidate.namespace === namespace);
      if (found && !above.includes(found)) imported.set(namespace, build(found, [...above, model]));
    }
    const graph = newRequirementGraph(model, imported);
    built.set(model, graph);
    return graph;
  }

  return models.map((model) => build(model, []));
}
