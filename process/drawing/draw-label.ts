// A label beside a shape or an edge as SVG.
import { linesOf } from './fit-text.ts';
import type { Box } from './picture.ts';
import { fontSize, lineHeight } from './style.ts';
import { textLines } from './svg.ts';

export const mostLinesOfShape = 4;
export const mostLinesOfEdge = 4;

/** Below one another about the middle of `box`, with paper behind them, so that no edge crosses them. */
export function drawLabel(label: string, box: Box, most: number, style = 'out'): string {
  const lines = linesOf(label, box.width, fontSize.label, most);
  const [x, y] = [box.x + box.width / 2, box.y + fontSize.label];
  return textLines(lines, x, y, lineHeight.label, `${style} halo`) + textLines(lines, x, y, lineHeight.label, style);
}
