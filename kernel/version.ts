// The kernel's version, as package.json has it.
import { readFileSync } from 'node:fs';

/** Folder of the package: where plugins, tables, diagram and policies of its own lie. */
export const packageRoot = new URL('../', import.meta.url);

export const kernelVersion: string = JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8')).version;
