// Descriptors that whoever started the kernel left open leak through Node and through bubblewrap into every child.
import { readdirSync, readFileSync } from 'node:fs';

const closeOnExec = 0o2000000;

let found: 'ignore'[] | undefined;

/** What stands for descriptors 3 and up in a child's stdio: every one that would be inherited becomes /dev/null. */
export function inheritedDescriptors(): 'ignore'[] {
  return (found ??= Array.from({ length: Math.max(0, highestInherited() - 2) }, () => 'ignore' as const));
}

/** The highest descriptor without close-on-exec, looked at once: all that the kernel opens itself has it. */
function highestInherited(): number {
  try {
    return Math.max(2, ...readdirSync('/proc/self/fdinfo').map(Number).filter(isInherited));
  } catch {
    return 2;
  }
}

function isInherited(descriptor: number): boolean {
  try {
    const flags = /flags:\s*([0-7]+)/.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1] ?? '0';
    return (Number.parseInt(flags, 8) & closeOnExec) === 0;
  } catch {
    return false;
  }
}
