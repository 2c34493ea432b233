// Which contents were removed by a recorded entry. Part of the verifier.

/** Content may be missing where a later entry of the kernel, under the key `redaction:<seq>`, says that it was removed. */
export function newRedactionCheck() {
  const [missing, removed] = [new Set<number>(), new Set<number>()];
  return {
    see(seq: number, kind: string, key: string, redacted: boolean): void {
      if (redacted) missing.add(seq);
      const [, about] = kind === 'kernel' ? (/^redaction:(\d+)$/.exec(key) ?? []) : [];
      if (about !== undefined && Number(about) < seq) removed.add(Number(about));
    },
    end(find: (sentence: string) => void): number[] {
      for (const seq of missing) if (!removed.has(seq)) find(`The content of entry ${seq} is missing.`);
      for (const seq of removed) if (!missing.has(seq)) find(`Entry ${seq} was redacted, and its content is there.`);
      return [...removed].sort((a, b) => a - b);
    },
  };
}
