// Where a link leads when it is followed: name by name, through other links, as the machine's kernel does it. Comparing
// the text of its target would not do: `..` after a link leads to the parent of what the link leads to.

export interface Followed {
  /** Whether it leads out of the folder that all this is in. */
  readonly out: boolean;
  /** Links that it led through, itself included. */
  readonly through: readonly string[];
}

/** As many links as Linux follows. */
const mostLinks = 40;

/**
 * Follows the link at `path`; `linkAt` gives the target of the link at a path, null where there is none. One that leads
 * nowhere, or in a circle, leads not out.
 */
export function followLink(path: string, linkAt: (path: string) => string | null): Followed {
  const through: string[] = [];
  const ahead = path.split('/');
  const at: string[] = [];
  while (ahead.length > 0) {
    const name = ahead.shift() as string;
    if (name === '' || name === '.') continue;
    if (name === '..') {
      if (at.length === 0) return { out: true, through };
      at.pop();
      continue;
    }
    at.push(name);
    const target = linkAt(at.join('/'));
    if (target === null) continue;
    through.push(at.join('/'));
    if (target.startsWith('/')) return { out: true, through };
    if (through.length > mostLinks) return { out: false, through };
    at.pop();
    ahead.unshift(...target.split('/'));
  }
  return { out: false, through };
}
