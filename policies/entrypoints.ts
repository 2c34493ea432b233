// What a compiled policy can be asked: arbiter/NAME/allow, and arbiter/NAME/deny for the reasons.

/**
 * The packages that decide, below `arbiter`. Throws where none does, and where it is plain that something was meant to
 * decide and would never be asked.
 */
export function decidingPackages(names: readonly string[]): string[] {
  const ours = names.filter((name) => name.startsWith('arbiter/'));
  const odd = ours.find((name) => !/^arbiter\/.+\/(allow|deny)$/.test(name));
  if (odd !== undefined) throw new Error(`its entrypoint ${odd} is neither arbiter/NAME/allow nor arbiter/NAME/deny`);
  const packages = new Set(ours.map((name) => name.split('/').slice(1, -1).join('.')));
  const silent = [...packages].find((name) => !ours.includes(entrypoint(name, 'allow')));
  if (silent !== undefined)
    throw new Error(`it has the entrypoint ${entrypoint(silent, 'deny')}, and no ${entrypoint(silent, 'allow')}`);
  if (packages.size === 0)
    throw new Error(`it has no entrypoint arbiter/NAME/allow, only ${names.join(', ') || 'none at all'}`);
  return [...packages];
}

export function entrypoint(policy: string, rule: 'allow' | 'deny'): string {
  return `arbiter/${policy.replaceAll('.', '/')}/${rule}`;
}
