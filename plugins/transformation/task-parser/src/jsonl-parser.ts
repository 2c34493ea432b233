const byteOrderMark = '\uFEFF';

/** Parses each line on its own. JSON takes a CR at the end of a line for white space, so CR LF needs no care. */
export function parseLines(input: { text: string }) {
  const text = input.text.startsWith(byteOrderMark) ? input.text.slice(1) : input.text;
  const values: unknown[] = [];
  const errors: { line: number; message: string }[] = [];
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return;
    try {
      values.push(JSON.parse(line));
    } catch (error) {
      errors.push({ line: index + 1, message: wording(error as SyntaxError) });
    }
  });
  return { records: values.length, values, errors };
}

/** To JSON.parse every line is line 1. */
/** V8 quotes the text, and may cut it in the middle of a surrogate pair. */
function wording({ message }: SyntaxError): string {
  return message.toWellFormed().replace(/ \(line 1 column \d+\)$/, '');
}
