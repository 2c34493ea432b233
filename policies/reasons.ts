// What a policy answers with: allowed or not, and why not.
import { jsonText } from './rego/value-text.ts';
import { RegoObject, type Value } from './rego/values.ts';

export interface Reason {
  /** The policy's package, below `arbiter`. */
  readonly policy: string;
  readonly rule: string;
  readonly message: string;
}

export interface Verdict {
  readonly decision: 'allow' | 'deny';
  readonly reasons: readonly Reason[];
}

/** Why a package does not allow what it was asked about; nothing where it does. */
export function reasonsOf(policy: string, allow: Value | undefined, deny: Value | undefined): Reason[] {
  const denials = deny === undefined ? [] : [...membersOf(deny)].map((member) => reasonOf(policy, member));
  if (denials.length > 0 || allow === true) return denials;
  return [{ policy, rule: 'allow', message: `Nothing in ${policy} allows it` }];
}

/** Only what nothing speaks against is allowed. */
export function verdictOf(reasons: readonly Reason[]): Verdict {
  const text = ({ policy, rule, message }: Reason) => `${policy}\0${rule}\0${message}`;
  const inOrder = [...reasons].sort((a, b) => (text(a) < text(b) ? -1 : 1));
  return { decision: reasons.length === 0 ? 'allow' : 'deny', reasons: inOrder };
}

/** The denials, as a set or an array gives them; anything else is one itself. */
function membersOf(deny: Value): Iterable<Value> {
  if (Array.isArray(deny)) return deny as readonly Value[];
  return typeof deny === 'object' && deny !== null && 'sorted' in deny && !(deny instanceof RegoObject)
    ? deny.sorted()
    : [deny];
}

function reasonOf(policy: string, denial: Value): Reason {
  const text = (name: string) => {
    const value = denial instanceof RegoObject ? denial.get(name) : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  return {
    policy,
    rule: text('rule') ?? 'deny',
    message: text('message') ?? (typeof denial === 'string' ? denial : jsonText(denial)),
  };
}
