// Every case, by group.
import type { Case, Group } from '../case.ts';
import { fileSystemCases } from './file-system.ts';
import { networkCases } from './network.ts';
import { processCases } from './processes.ts';
import { protocolCases } from './protocol.ts';
import { resourceCases } from './resources.ts';
import { startUpCases } from './start-up.ts';

const byGroup: Readonly<Record<Group, readonly Case[]>> = {
  'file-system': fileSystemCases,
  processes: processCases,
  network: networkCases,
  resources: resourceCases,
  protocol: protocolCases,
  'start-up': startUpCases,
};

export type GroupedCase = Case & { readonly group: Group };

export const allCases: readonly GroupedCase[] = Object.entries(byGroup).flatMap(([group, cases]) =>
  cases.map((one) => ({ ...one, group: group as Group })),
);

const twice = allCases.find(({ name }, index) => allCases.findIndex((other) => other.name === name) !== index);
if (twice) throw new Error(`Two cases are called "${twice.name}".`);
