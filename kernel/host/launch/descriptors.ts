// Descriptors that whoever started the kernel left open leak through Node and through bubblewrap into every child.
import { openSync, readdirSync, readFileSync } from 'node:fs';

const closeOnExec = 0o2000000;

let found: (number | 'ignore')[] | undefined;

/**
 * What stands for descriptors 3 and up in a child's stdio: /dev/null for each that would be inherited. Looked at once:
 * all that the kernel opens itself is closed on exec. 'ignore' alone would not do, it leaves such a descriptor as it is.
 */
export function inheritedDescriptors(): readonly (number | 'ignore')[] {
  return (found ??= coverAll());
}

function coverAll(): (number | 'ignore')[] {
  const leaking = new Set(leakingDescriptors());
  if (leaking.size === 0) return [];
  const nothing = openSync('/dev/null', 'r+');
  const length = Math.max(...leaking) - 2;
  return Array.from({ length }, (_, index) => (leaking.has(index + 3) ? nothing : 'ignore'));
}

function leakingDescriptors(): number[] {
  try {
    return readdirSync('/proc/self/fdinfo')
      .map(Number)
      .filter((descriptor) => descriptor > 2 && isInherited(descriptor));
  } catch {
    return [];
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
