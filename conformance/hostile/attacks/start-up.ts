// Programs that misbehave before the first task: scripts of their own, because they never come to read an attack's name.

const answers = (protocol: string) =>
  `printf '%s\\n' '{"jsonrpc":"2.0","id":1,"result":{"protocol":"${protocol}","tools":[]}}'`;
const readLine = 'read line';

/** Answers everything as it should, with the outcome escaped: it should not have come so far. */
const goesOn = `while read line; do
  id=\${line#*'"id":'}; id=\${id%%,*}
  printf '{"jsonrpc":"2.0","id":%s,"result":{"outcome":"escaped","detail":"it was started all the same"}}\\n' "$id"
done`;

const script = (...lines: string[]) => `#!/bin/sh\n${lines.join('\n')}\n`;

export const startUp: Readonly<Record<string, string>> = {
  'ends at once': script("echo 'a library is missing' >&2", 'exit 7'),
  'ends at once, and says nothing': script('exit 0'),
  'says nothing at initialize': script('sleep 60'),
  'crashes by a signal': script('kill -SEGV $$'),
  'writes garbage before its answer': script("echo 'Welcome to the plugin!'", readLine, answers('protocol.v1'), goesOn),
  'speaks another protocol': script(readLine, answers('protocol.v99'), goesOn),
  'answers initialize with nothing': script(readLine, `printf '{"jsonrpc":"2.0","id":1,"result":null}\\n'`, goesOn),
  'refuses initialize': script(
    readLine,
    `printf '{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"not today"}}\\n'`,
    goesOn,
  ),
  'answers initialize twice': script(readLine, answers('protocol.v1'), answers('protocol.v1'), goesOn),
  'answers before it was asked': script(answers('protocol.v1'), answers('protocol.v1'), readLine, goesOn),
  'floods before its answer': script(
    "head -c 33554432 /dev/zero | tr '\\0' x",
    readLine,
    answers('protocol.v1'),
    goesOn,
  ),
  'calls the kernel before its answer': script(
    `printf '{"jsonrpc":"2.0","id":9,"method":"submit","params":{"task":{"tool":"jsonl-parser","input":{"text":"1"}}}}\\n'`,
    readLine,
    'read refusal',
    `case "$refusal" in *'"error"'*) exit 3;; esac`,
    answers('protocol.v1'),
    goesOn,
  ),
  'names an interpreter that is not there': `#!/nowhere/at/all\n${goesOn}\n`,
  'is no program': '\u007fELF, but not really',
  'is empty': '',
};

/** Takes the place of a plugin that was loaded already. */
export const changedProgram = `import { createInterface } from 'node:readline';
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  const result =
    method === 'initialize'
      ? { protocol: 'protocol.v1', tools: [params.plugin] }
      : { outcome: 'escaped', detail: 'the changed program ran' };
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
});
`;
