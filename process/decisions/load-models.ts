// Reads DMN files that belong together: a model may import others, which are found by their namespace among the files, or
// by the place that the import names.
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fault } from '../../contracts/errors.ts';
import type { Model } from './model.ts';
import { readDmn } from './read-dmn.ts';
import { newRequirementGraph, type RequirementGraph } from './requirement-graph.ts';

/** The graphs of the models of `files`, in order, each joined with those it imports. Throws TABLE_INVALID. */
export async function loadModels(files: readonly string[]): Promise<RequirementGraph[]> {
  const models: Model[] = [];
  for (const file of files) models.push(await readDmn(file));
  const all = [...models];
  // What is read here may import more: the loop goes on over it.
  for (const { file, imports } of all)
    for (const { namespace, location } of imports) {
      const place = location && resolve(dirname(file), location);
      if (place && existsSync(place) && !all.some((model) => model.namespace === namespace))
        all.push(await readDmn(place));
    }
  const built = new Map<Model, RequirementGraph>();

  function build(model: Model, above: readonly Model[]): RequirementGraph {
    const known = built.get(model);
    if (known) return known;
    const imported = new Map<string, RequirementGraph>();
    for (const { namespace, isModel } of model.imports) {
      const found = all.find((candidate) => candidate.namespace === namespace);
      if (!found && isModel)
        throw fault('TABLE_INVALID', { file: model.file, detail: `it imports ${namespace}, which is in no file here` });
      if (found && !above.includes(found)) imported.set(namespace, build(found, [...above, model]));
    }
    const graph = newRequirementGraph(model, imported);
    built.set(model, graph);
    return graph;
  }

  return models.map((model) => build(model, []));
}
