// Writes into the private copy that the kernel gave it. Whether any of it is kept, and under whatIf whether anything
// happens at all, is the kernel's affair.
import { type ToolContext, ToolFailure } from '../../../../pdk/define-plugin.ts';
import { deleteFile } from './delete-file.ts';
import { locate } from './locate.ts';
import { type Content, decode, writeFile } from './write-file.ts';

type Change = { readonly path: string; readonly delete: true } | (Content & { readonly path: string });

export function fileWriter(input: Change | { files: Change[] }, context: ToolContext) {
  const workspace = context.workspace as string;
  const written = new Set<string>();
  const deleted = new Set<string>();
  for (const change of 'files' in input ? input.files : [input]) {
    const file = locate(workspace, change.path);
    if (written.has(file.path) || deleted.has(file.path)) throw new ToolFailure(`${file.path} is named twice.`);
    if ('delete' in change) {
      deleteFile(file);
      deleted.add(file.path);
    } else {
      writeFile(file, decode(file, change), change);
      written.add(file.path);
    }
  }
  return { written: [...written].sort(), deleted: [...deleted].sort() };
}
