import { rmSync } from 'node:fs';
import { ToolFailure } from '../../../../pdk/define-plugin.ts';
import type { Located } from './locate.ts';

export function deleteFile(file: Located): void {
  if (!file.exists) throw new ToolFailure(`${file.path} cannot be deleted: it is not there.`);
  rmSync(file.absolute);
}
