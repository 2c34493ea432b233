// How often the edges of a picture cross: what says which of two layouts is the better one.
import type { Edge, Point } from './picture.ts';

interface Part {
  readonly from: Point;
  readonly to: Point;
  readonly edge: Edge;
}

/** Of edges whose parts are level or upright. Edges that touch, or run along one another, do not cross. */
export function crossingsOf(edges: readonly Edge[]): number {
  const parts = edges.flatMap(partsOf);
  const level = parts.filter(({ from, to }) => from.y === to.y);
  const upright = parts.filter(({ from, to }) => from.x === to.x);
  return level.flatMap((one) => upright.filter((other) => other.edge !== one.edge && cross(one, other))).length;
}

function partsOf(edge: Edge): Part[] {
  return edge.points.slice(1).map((to, index) => ({ from: edge.points[index] as Point, to, edge }));
}

function cross(level: Part, upright: Part): boolean {
  return isWithin(upright.from.x, level.from.x, level.to.x) && isWithin(level.from.y, upright.from.y, upright.to.y);
}

function isWithin(value: number, start: number, end: number): boolean {
  return value > Math.min(start, end) && value < Math.max(start, end);
}
