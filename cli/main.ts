// The program behind the bin.
import { runCommandLine } from './command-line.ts';

// Whoever reads may stop reading, as `head` does: what is still to be said is then for nobody, and no error.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

await runCommandLine(process.argv.slice(2));
