// The way that a token took through a picture.
import type { Edge, Picture } from './picture.ts';

export interface Way {
  /** When each shape was come to, from 1; several times where it was come to again. */
  readonly visits: ReadonlyMap<string, readonly number[]>;
  /** Ids of the edges that were gone along. */
  readonly edges: ReadonlySet<string>;
  /** Start, boundary and end events on the way, which a path need not name. */
  readonly events: ReadonlySet<string>;
  /** What the path names and the picture does not have. */
  readonly missing: readonly string[];
}

/**
 * `path` names what was come to, in order, as a journey's entry holds it: start and boundary events are left out, and so is
 * the end, since the entry is written before it.
 */
export function wayThrough({ shapes, edges }: Picture, path: readonly string[]): Way {
  const drawn = new Map(shapes.map((shape) => [shape.id, shape]));
  const visits = new Map<string, number[]>();
  const taken = new Set<string>();
  const events = new Set<string>();
  const take = (edge: Edge | undefined): void => {
    if (!edge) return;
    taken.add(edge.id);
    for (const id of [edge.from, edge.to])
      if (['boundary', 'start', 'end'].includes(drawn.get(id)?.kind ?? '')) events.add(id);
  };
  /** Through an event on the edge of `from` where no flow leads straight on. */
  const between = (from: string, to: string): Edge | undefined => {
    const leading = edges.filter((edge) => edge.to === to && edge.kind !== 'link');
    return (
      leading.find((edge) => edge.from === from) ?? leading.find((edge) => drawn.get(edge.from)?.attachedTo === from)
    );
  };

  /** From what was come to last of all that leads there: branches side by side take turns in a path. */
  const lastLeadingTo = (id: string, earlier: readonly string[]): Edge | undefined => {
    for (const from of earlier.toReversed()) {
      const edge = between(from, id);
      if (edge) return edge;
    }
    return undefined;
  };
  /** The flow to an end where nothing else can follow. */
  const onlyEndAfter = (last: string | undefined): Edge | undefined => {
    const [only, ...more] = edges.filter((edge) => edge.from === last && edge.kind === 'flow');
    return only && more.length === 0 && drawn.get(only.to)?.kind === 'end' ? only : undefined;
  };

  for (const [index, id] of path.entries()) {
    if (drawn.has(id)) visits.set(id, [...(visits.get(id) ?? []), index + 1]);
    take(
      index === 0
        ? edges.find((edge) => edge.to === id && drawn.get(edge.from)?.kind === 'start')
        : lastLeadingTo(id, path.slice(0, index)),
    );
  }
  take(onlyEndAfter(path.at(-1)));
  return { visits, edges: taken, events, missing: [...new Set(path)].filter((id) => !drawn.has(id)) };
}
