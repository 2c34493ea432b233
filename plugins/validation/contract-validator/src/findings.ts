// Collects what was found, and stays small enough for one message however broken the files are.

export interface Finding {
  readonly path: string;
  readonly message: string;
  /** JSON pointer into the document. */
  readonly pointer?: string;
  /** From 1. */
  readonly line?: number;
}

export interface Findings {
  add(finding: Finding): void;
  list(): Finding[];
}

const mostInAll = 500;
const mostPerFile = 20;
const mostCharacters = 500;

export function findings(): Findings {
  const kept: Finding[] = [];
  const perFile = new Map<string, number>();
  return {
    add(finding) {
      const count = (perFile.get(finding.path) ?? 0) + 1;
      perFile.set(finding.path, count);
      if (count > mostPerFile || kept.length === mostInAll) return;
      kept.push({ ...finding, message: finding.message.slice(0, mostCharacters).toWellFormed() });
    },
    list: () => kept,
  };
}
