// Shell completion: `arbiter complete bash|zsh|fish|powershell` prints the script to source.
import type { Command } from 'commander';

export async function addCompletion(program: Command): Promise<void> {
  const { default: tab } = await import('@bomb.sh/tab/commander');
  tab(program);
}
