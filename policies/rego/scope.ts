// The names that a body declares, looked up from the innermost body outwards. Within one body a name means one thing: it is
// declared once, and not after it was used there with another meaning.
import { type Location, RegoError } from './rego-error.ts';

/** As an argument, by `some`, or by `:=`. */
export type How = 'argument' | 'declared' | 'assigned';

interface Declaration {
  readonly unique: string;
  readonly how: How;
  readonly at: Location;
  isUsed: boolean;
}

export class Scope {
  readonly #parent: Scope | undefined;
  readonly #names: Map<string, Declaration>;
  /** Used here, and declared further out or not at all. */
  readonly #seen = new Set<string>();

  constructor(parent?: Scope, names = new Map<string, Declaration>()) {
    this.#parent = parent;
    this.#names = names;
  }

  /** A scope for one more body with the same arguments. */
  withArguments(): Scope {
    return new Scope(this.#parent, new Map(this.#names));
  }

  find(name: string): string | undefined {
    if (!this.#names.has(name)) this.#seen.add(name);
    const found = declaration(name, this);
    if (found) found.isUsed = true;
    return found?.unique;

    function declaration(name: string, scope: Scope | undefined): Declaration | undefined {
      return scope && (scope.#names.get(name) ?? declaration(name, scope.#parent));
    }
  }

  /** Throws rego_compile_error for a name that has a meaning already. */
  declare(name: string, { unique, how, at }: Omit<Declaration, 'isUsed'>): void {
    if (name === 'input' || name === 'data')
      throw refused(`${how === 'argument' ? 'args' : 'variables'} must not shadow ${name}`, at);
    const before = this.#names.get(name);
    // An argument may stand twice among the arguments: both have to be equal.
    if (before && how === 'argument') return;
    if (before?.how === 'argument') throw refused(`arg ${name} redeclared`, at);
    if (before) throw refused(`var ${name} ${before.how} above`, at);
    if (this.#seen.has(name)) throw refused(`var ${name} referenced above`, at);
    this.#names.set(name, { unique, how, at, isUsed: false });
  }

  /** Throws rego_compile_error for a name that `some` declares and nothing uses, which is one misspelt elsewhere. */
  refuseUnused(): void {
    for (const [name, { how, at, isUsed }] of this.#names)
      if (how === 'declared' && !isUsed) throw refused(`declared var ${name} unused`, at);
  }
}

function refused(message: string, at: Location): RegoError {
  return new RegoError('rego_compile_error', message, at);
}
