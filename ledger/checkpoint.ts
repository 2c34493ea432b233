// What a checkpoint says (c2sp.org/tlog-checkpoint): whose log, how many leaves, which root.

/** The text to be signed. `root` is 32 bytes. */
export function checkpointText(origin: string, size: number, root: Buffer): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}
