// The room that a label takes beside a shape or an edge.
import { linesOf, widthOf } from './fit-text.ts';
import { fontSize, lineHeight } from './style.ts';

/** What labels in diagrams are as wide as, by the habit of BPMN's editors. */
export const usualWidth = 92;

/** Of `label`, broken into at most `most` lines that are no wider than `width`. */
export function labelSize(label: string, width: number, most: number): { width: number; height: number } {
  const lines = linesOf(label, width, fontSize.label, most);
  const widest = Math.max(0, ...lines.map((line) => widthOf(line, fontSize.label)));
  return { width: Math.ceil(widest) + 2, height: lines.length * lineHeight.label };
}
