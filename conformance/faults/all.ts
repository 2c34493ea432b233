// Every seeded fault, level by level.
import type { Fault } from './fault.ts';
import { l0Faults } from './l0.ts';
import { l1Faults, l2Faults } from './l1-l2.ts';
import { l3Faults, l4Faults, l5Faults } from './l3-l5.ts';

export const allFaults: readonly Fault[] = [
  ...[...l0Faults, ...l1Faults, ...l2Faults],
  ...[...l3Faults, ...l4Faults, ...l5Faults],
];
