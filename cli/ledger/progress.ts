// How far long work has come, on a terminal.

export interface Progress {
  readonly at: (count: number) => void;
  end(): void;
}

/** Silent where standard error is no terminal. */
export function newProgress(what: string): Progress {
  const { isTTY } = process.stderr;
  return {
    at: (count) => isTTY && process.stderr.write(`\r${count} ${what}`),
    end: () => isTTY && process.stderr.write('\r\u001b[2K'),
  };
}
