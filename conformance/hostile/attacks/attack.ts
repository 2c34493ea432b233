// What an attack gets and what it says afterwards. Everything in this folder runs inside the box.

/** What the runner put into the world for attacks to reach for. Nothing else is attacked. */
export interface Facts {
  /** In every decoy: reading it is proof. */
  readonly token: string;
  readonly place: string;
  readonly secretFile: string;
  /** A decoy below the home folder of the kernel's user. */
  readonly homeFolderFile: string;
  /** Anybody may write here, as far as permissions go. */
  readonly openFolder: string;
  readonly home: string;
  readonly settings: string;
  readonly ledger: string;
  readonly inbox: string;
  readonly controlSocket: string;
  readonly kernelPid: number;
  /** A process of the kernel's user whose environment and command line hold the token. */
  readonly decoyPid: number;
  readonly tcpPort: number;
  readonly tcp6Port: number;
  readonly udpPort: number;
  readonly unixSocket: string;
  readonly abstractSocket: string;
  /** The runner tries to reach this port. */
  readonly listenPort: number;
  /** A file that the kernel was started with an open descriptor of. */
  readonly inheritedFile: string;
}

export interface Context {
  readonly facts: Facts;
  /** Stands in the command line of every process that an attack starts, so that the runner finds what is left. */
  readonly marker: string;
  readonly workspace: string | null;
  /** Of the execute request. */
  readonly id: number;
  /** Writes to stdout as it is. */
  send(raw: string | Uint8Array): void;
  /** Sends a request to the kernel and gives its answer. */
  ask(method: string, params: object): Promise<{ result?: unknown; error?: { message: string } }>;
}

export interface Outcome {
  readonly outcome: 'escaped' | 'contained' | 'not tried';
  readonly detail: string;
}

/** `null`: the attack has answered, or never will. */
export type Attack = (context: Context) => Promise<Outcome | null> | Outcome | null;

export const escaped = (detail: string): Outcome => ({ outcome: 'escaped', detail });
export const contained = (detail: string): Outcome => ({ outcome: 'contained', detail });
export const notTried = (detail: string): Outcome => ({ outcome: 'not tried', detail });

/** Escaped when `action` gives a detail, contained when it is refused; an error that is no refusal is no attempt. */
export async function reaches(action: () => unknown): Promise<Outcome> {
  try {
    return escaped(String((await action()) ?? 'it worked'));
  } catch (error) {
    return refusal(error);
  }
}

export function refusal(error: unknown): Outcome {
  if (error instanceof Refused) return contained(error.message);
  const { code, message } = error as NodeJS.ErrnoException;
  return code !== undefined && /^E[A-Z0-9]+$/.test(code) ? contained(code) : notTried(message);
}

/** Nothing was gained, though nothing failed. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

export const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
