// Reads the decision tables of a DMN file into plain data. What a table means is decided in compile-table.ts.
import { readFileSync } from 'node:fs';
import { DmnModdle, type ModdleElement } from 'dmn-moddle';
import { fault } from '../contracts/errors.ts';
import { digestOf } from '../ledger/digest.ts';

export type HitPolicy = 'UNIQUE' | 'FIRST' | 'ANY' | 'COLLECT' | 'RULE ORDER';

export interface TableSource {
  readonly id: string;
  readonly name: string;
  /** Digest of the file it stands in. */
  readonly version: string;
  readonly file: string;
  readonly hitPolicy: HitPolicy;
  readonly inputs: readonly { readonly expression: string; readonly type: string }[];
  readonly outputs: readonly { readonly name: string; readonly type: string }[];
  /** FEEL of the outputs where no rule fires, or null where the table gives none. */
  readonly defaults: readonly string[] | null;
  /** FEEL cells, row by row. */
  readonly rules: readonly { readonly tests: readonly string[]; readonly results: readonly string[] }[];
}

const hitPolicies: readonly string[] = ['UNIQUE', 'FIRST', 'ANY', 'COLLECT', 'RULE ORDER'] satisfies HitPolicy[];

// dmn-moddle knows the namespace of DMN 1.3; the other versions differ in nothing that a decision table uses.
const otherNamespaces = /https?:\/\/www\.omg\.org\/spec\/DMN\/(?:20180521|20211108|20230324)\/MODEL\//g;
const namespace13 = 'https://www.omg.org/spec/DMN/20191111/MODEL/';

/** Reads every decision table of `file`. Throws TABLE_INVALID with the element at fault. */
export async function readDecisionTables(file: string): Promise<TableSource[]> {
  const bytes = readFileSync(file);
  const version = digestOf(bytes);
  const refuse = (detail: string): never => {
    throw fault('TABLE_INVALID', { file, detail });
  };

  const { rootElement, warnings } = await new DmnModdle()
    .fromXML(bytes.toString('utf8').replace(otherNamespaces, namespace13), 'dmn:Definitions')
    .catch((error: Error) => refuse(`it is not DMN: ${error.message.split('\n')[0]}`));
  const unknown = warnings.find((warning) => /unparsable|unresolved/.test(warning.message));
  if (unknown) refuse(unknown.message.split('\n')[0] ?? 'unknown content');

  const decisions = (rootElement.drgElement ?? []).filter((element: ModdleElement) => element.$type === 'dmn:Decision');
  const tables = decisions.filter((decision: ModdleElement) => decision.decisionLogic?.$type === 'dmn:DecisionTable');
  if (tables.length === 0) refuse('it holds no decision table');

  return tables.map((decision: ModdleElement): TableSource => {
    const table = decision.decisionLogic as ModdleElement;
    const outputs: ModdleElement[] = table.output ?? [];
    const hitPolicy = table.hitPolicy ?? 'UNIQUE';
    if (!hitPolicies.includes(hitPolicy))
      refuse(`table ${decision.id} has the hit policy ${hitPolicy}; known are ${hitPolicies.join(', ')}`);
    if (table.aggregation) refuse(`table ${decision.id} aggregates with ${table.aggregation}, which is not known here`);
    return {
      id: decision.id,
      name: decision.name ?? decision.id,
      version,
      file,
      hitPolicy,
      inputs: (table.input ?? []).map((input: ModdleElement) => ({
        expression: input.inputExpression?.text?.trim() ?? '',
        type: input.inputExpression?.typeRef ?? 'Any',
      })),
      outputs: outputs.map((output) => ({ name: output.name ?? decision.id, type: output.typeRef ?? 'Any' })),
      defaults: outputs.some((output) => output.defaultOutputEntry)
        ? outputs.map((output) => output.defaultOutputEntry?.text?.trim() || 'null')
        : null,
      rules: (table.rule ?? []).map((rule: ModdleElement) => ({
        tests: (rule.inputEntry ?? []).map(textOf),
        results: (rule.outputEntry ?? []).map(textOf),
      })),
    };
  });
}

function textOf(entry: ModdleElement): string {
  return (entry.text ?? '').trim() || '-';
}
