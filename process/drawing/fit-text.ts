// How wide text is, and where it breaks. Nothing here can measure a font, so widths are those of DejaVu Sans, a wide one:
// what fits in it fits in others.

const narrow = 0.34;
const widths: readonly (readonly [RegExp, number])[] = [
  [/[ijlI.,:;'|! ]/, narrow],
  [/[frt()[\]{}"/\\-]/, 0.42],
  [/[mwMW@%…]/, 0.98],
  [/[A-Z0-9=<>+_#&?$]/, 0.7],
  [/[\u1100-\uffff]/, 1],
];
const usual = 0.62;

/** Of one line, in the unit of `size`. */
export function widthOf(text: string, size: number): number {
  let sum = 0;
  for (const character of text) sum += widths.find(([some]) => some.test(character))?.[1] ?? usual;
  return sum * size;
}

/** `text` in lines no wider than `width`, `most` of them: what is left over becomes an ellipsis. */
export function linesOf(text: string, width: number, size: number, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words(text, width, size)) {
    const longer = line === '' ? word.text : `${line}${word.glued ? '' : ' '}${word.text}`;
    if (line === '' || widthOf(longer, size) <= width) line = longer;
    else {
      lines.push(line);
      line = word.text;
    }
  }
  if (line !== '') lines.push(line);
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), ended(lines[most - 1] as string, width, size)];
}

interface Word {
  readonly text: string;
  /** Whether it goes on from the one before it. */
  readonly glued: boolean;
}

/** Words as they may stand in a line; one that is too wide breaks after a mark, or where it must. */
function* words(text: string, width: number, size: number): Iterable<Word> {
  for (const word of text.split(/\s+/).filter(Boolean)) {
    let glued = false;
    let part = '';
    for (const piece of widthOf(word, size) <= width ? [word] : word.split(/(?<=[-._,:/([])/)) {
      if (part !== '' && widthOf(part + piece, size) > width) {
        yield { text: part, glued };
        [part, glued] = ['', true];
      }
      for (const character of piece) {
        if (part !== '' && widthOf(part + character, size) > width) {
          yield { text: part, glued };
          [part, glued] = ['', true];
        }
        part += character;
      }
    }
    yield { text: part, glued };
  }
}

function ended(line: string, width: number, size: number): string {
  let kept = [...line];
  while (kept.length > 0 && widthOf(`${kept.join('')}…`, size) > width) kept = kept.slice(0, -1);
  return `${kept.join('').replace(/[\s.,:;]+$/, '')}…`;
}
