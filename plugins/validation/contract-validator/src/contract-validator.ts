import type { ToolContext } from '../../../../pdk/define-plugin.ts';
import type { CheckDocument } from './compile-schema.ts';
import { type Findings, findings } from './findings.ts';
import { isDocument, parseDocuments } from './parse-documents.ts';
import { readInside } from './read-inside.ts';
import { type Schemas, schemasOf } from './schemas.ts';

interface ValidatorInput {
  readonly files: string[];
  readonly schema?: object;
  readonly schemaFile?: string;
}

export async function contractValidator({ files, schema, schemaFile }: ValidatorInput, context: ToolContext) {
  const workspace = context.workspace as string;
  const schemas = schemasOf(workspace);
  const given = await schemas.given(schema, schemaFile);
  const found = findings();
  const documents = files.filter(isDocument);
  for (const path of documents) await checkFile(workspace, path, given, schemas, found);
  const all = found.list();
  return { verdict: all.length === 0 ? 'pass' : 'fail', checked: documents.length, findings: all };
}

async function checkFile(
  workspace: string,
  path: string,
  given: CheckDocument | undefined,
  schemas: Schemas,
  found: Findings,
): Promise<void> {
  const reading = readInside(workspace, path);
  if ('problem' in reading) return found.add({ path, message: reading.problem });
  const { documents, faults } = await parseDocuments(path, reading.text);
  for (const fault of faults) found.add({ path, ...fault });
  for (const { value, line } of documents) {
    const where = line === undefined ? { path } : { path, line };
    try {
      const check = given ?? (await schemas.namedBy(path, value));
      for (const misfit of check?.(value) ?? []) found.add({ ...where, ...misfit });
    } catch (error) {
      found.add({ ...where, message: (error as Error).message });
    }
  }
}
