// Reads a DMN file into plain data (model.ts). What it means is decided in requirement-graph.ts and compile-table.ts.
import { readFileSync } from 'node:fs';
import { DmnModdle, type ModdleElement } from 'dmn-moddle';
import { fault } from '../../contracts/errors.ts';
import { digestOf } from '../../ledger/digest.ts';
import { asVersion13, dmnPackage, isKnownNamespace, namespaceOf } from './dmn-versions.ts';
import type { ItemDefinition, Model } from './model.ts';
import {
  itemOf,
  many,
  nameOf,
  type Refuse,
  readExpression,
  readFunction,
  textOf,
  withoutPrefix,
} from './read-expression.ts';

/** Reads the model of `file`: DMN 1.1 to 1.5. Throws TABLE_INVALID with the element at fault. */
export async function readDmn(file: string): Promise<Model> {
  const bytes = readFileSync(file);
  const refuse: Refuse = (detail) => {
    throw fault('TABLE_INVALID', { file, detail });
  };
  return modelOf(await parse(bytes.toString('utf8'), refuse), file, digestOf(bytes), refuse);
}

async function parse(xml: string, refuse: Refuse): Promise<ModdleElement> {
  const namespace = namespaceOf(xml);
  if (namespace === null) refuse('it is not DMN: there is no element definitions');
  if (!isKnownNamespace(namespace as string))
    refuse(`the element definitions is in the namespace ${namespace || '(none)'}, which is none of DMN 1.1 to 1.5`);
  const { rootElement, warnings } = await new DmnModdle({ dmn: dmnPackage })
    .fromXML(asVersion13(xml), 'dmn:Definitions')
    .catch((error: Error) => refuse(`it is not DMN: ${error.message.split('\n')[0]}`));
  // What a drawing shows of another file is not looked for.
  const unknown = warnings.find(
    ({ message, element }) => /unparsable|unresolved/.test(message) && !element?.$type?.startsWith('dmndi:'),
  );
  if (unknown) refuse(unknown.message.split('\n')[0] ?? 'unknown content');
  return rootElement;
}

function modelOf(root: ModdleElement, file: string, version: string, refuse: Refuse): Model {
  const elements = many(root.drgElement);
  const ofType = (type: string) => elements.filter((element) => element.$type === `dmn:${type}`);
  const named = (element: ModdleElement) => ({
    id: element.id ?? nameOf(element),
    name: nameOf(element),
    variable: { ...(element.variable ? itemOf(element.variable) : { type: 'Any' }), name: nameOf(element) },
  });
  const origin = (element: ModdleElement) => ({
    id: element.id ?? nameOf(element),
    name: nameOf(element),
    description: element.description?.trim() || null,
    version,
    file,
  });

  return {
    file,
    version,
    name: root.name ?? '',
    namespace: root.namespace ?? '',
    imports: many(root.import).map(({ name, namespace, locationURI, importType }) => ({
      name: name ?? '',
      namespace: namespace ?? '',
      location: locationURI ?? null,
      isModel: isKnownNamespace(importType ?? ''),
    })),
    items: many(root.itemDefinition).map(definitionOf),
    inputData: ofType('InputData').map(named),
    decisions: ofType('Decision').map((element) => ({
      ...named(element),
      description: origin(element).description,
      requires: [...required(element.informationRequirement), ...required(element.knowledgeRequirement)],
      logic: element.decisionLogic ? readExpression(element.decisionLogic, origin(element), refuse) : null,
    })),
    knowledge: ofType('BusinessKnowledgeModel').map((element) => ({
      ...named(element),
      requires: required(element.knowledgeRequirement),
      logic: element.encapsulatedLogic ? readFunction(element.encapsulatedLogic, origin(element), refuse) : null,
    })),
    services: ofType('DecisionService').map((element) => ({
      ...named(element),
      outputs: references(element.outputDecision),
      encapsulated: references(element.encapsulatedDecision),
      inputDecisions: references(element.inputDecision),
      inputData: references(element.inputData),
    })),
  };
}

function definitionOf(element: ModdleElement): ItemDefinition {
  return {
    name: nameOf(element),
    type: withoutPrefix(element.typeRef) ?? null,
    components: many(element.itemComponent).map(definitionOf),
    isCollection: element.isCollection === true,
    isFunction: element.functionItem !== undefined,
    allowed: textOf(element.allowedValues) || null,
    constraint: textOf(element.typeConstraint) || null,
  };
}

function required(requirements: ModdleElement[] | undefined): string[] {
  return many(requirements).flatMap(({ requiredDecision, requiredInput, requiredKnowledge }) =>
    references([requiredDecision, requiredInput, requiredKnowledge].filter(Boolean)),
  );
}

function references(elements: ModdleElement[] | undefined): string[] {
  return many(elements).map(({ href }) => href);
}
