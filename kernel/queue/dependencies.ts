// dependsOn: who waits for whom, and whether anybody waits for itself in the end.

export interface Dependencies {
  /** Notes that `id` waits for `on`; gives the circle that this closes, beginning and ending with the same id, or null. */
  add(id: string, on: readonly string[]): string[] | null;
  /** Who waits for `id`. */
  dependents(id: string): string[];
  remove(id: string): void;
}

export function newDependencies(): Dependencies {
  const waitsFor = new Map<string, readonly string[]>();
  const waiters = new Map<string, Set<string>>();

  /** A way from `from` to `to` along dependencies, both included. */
  function pathBetween(from: string, to: string): string[] | null {
    const cameFrom = new Map<string, string | null>([[from, null]]);
    const open = [from];
    for (let at = open.shift(); at !== undefined; at = open.shift()) {
      if (at === to) {
        const path: string[] = [];
        for (let step: string | null | undefined = at; step; step = cameFrom.get(step)) path.unshift(step);
        return path;
      }
      for (const next of waitsFor.get(at) ?? []) {
        if (cameFrom.has(next)) continue;
        cameFrom.set(next, at);
        open.push(next);
      }
    }
    return null;
  }

  return {
    add(id, on) {
      for (const dependency of on) {
        const back = pathBetween(dependency, id);
        if (back) return [id, ...back];
      }
      waitsFor.set(id, on);
      for (const dependency of on) waiters.set(dependency, (waiters.get(dependency) ?? new Set()).add(id));
      return null;
    },
    dependents: (id) => [...(waiters.get(id) ?? [])],
    remove(id) {
      for (const dependency of waitsFor.get(id) ?? []) {
        const set = waiters.get(dependency);
        set?.delete(id);
        if (set?.size === 0) waiters.delete(dependency);
      }
      waitsFor.delete(id);
    },
  };
}
