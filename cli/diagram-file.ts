// Which diagram a home's tasks go through.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Home } from '../kernel/home.ts';
import { packageRoot } from '../kernel/version.ts';

/** The home's own, or the package's. */
export function diagramFile(home: Home): string {
  const own = join(home.process, 'orchestration.bpmn');
  return existsSync(own) ? own : fileURLToPath(new URL('process/orchestration.bpmn', packageRoot));
}
