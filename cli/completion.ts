// Shell completion: `arbiter complete bash|zsh|fish|powershell` prints the script to source.
import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';

export async function addCompletion(program: Command): Promise<void> {
  tab(program);
}
