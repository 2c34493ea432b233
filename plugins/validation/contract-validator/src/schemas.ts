// Finds the schema that belongs to a document, and compiles each one only once a call.
import { extname, posix } from 'node:path';
import { ToolFailure } from '../../../../pdk/define-plugin.ts';
import { type CheckDocument, compileSchema } from './compile-schema.ts';
import { parseDocuments } from './parse-documents.ts';
import { readInside } from './read-inside.ts';

export interface Schemas {
  /** The schema that the task gives, as a value or as a file; undefined when it gives none. */
  given(schema: object | undefined, schemaFile: string | undefined): Promise<CheckDocument | undefined>;
  /** The schema that a document names itself; undefined when it names none that lies in the workspace. */
  namedBy(path: string, document: unknown): Promise<CheckDocument | undefined>;
}

export function schemasOf(workspace: string): Schemas {
  const compiled = new Map<string, Promise<CheckDocument>>();

  function fromFile(path: string): Promise<CheckDocument> {
    let check = compiled.get(path);
    if (!check) compiled.set(path, (check = readSchema(workspace, path).then(compileSchema)));
    return check;
  }

  return {
    async given(schema, schemaFile) {
      try {
        if (schemaFile !== undefined) return await fromFile(posix.normalize(schemaFile));
        return schema === undefined ? undefined : await compileSchema(schema);
      } catch (error) {
        const name = schemaFile ?? 'of the task';
        throw new ToolFailure(`The schema ${name} cannot be used. ${(error as Error).message}`);
      }
    },
    async namedBy(path, document) {
      const file = extname(path) === '.json' ? schemaPath(path, document) : undefined;
      if (file === undefined) return undefined;
      try {
        return await fromFile(file);
      } catch (error) {
        throw new Error(`Its schema ${file} cannot be used. ${(error as Error).message}`);
      }
    },
  };
}

/** Where `$schema` points to, when that is a relative path which stays in the workspace. */
function schemaPath(path: string, document: unknown): string | undefined {
  if (typeof document !== 'object' || document === null || !('$schema' in document)) return undefined;
  const { $schema: named } = document;
  if (typeof named !== 'string' || /^([a-z][a-z0-9+.-]*:|[/#]|$)/i.test(named)) return undefined;
  const file = posix.join(posix.dirname(path), named.replace(/#.*$/, ''));
  const parts = file.split('/');
  // Installed packages are no part of the workspace that a change is about, and mostly not there when it is checked.
  return parts[0] === '..' || parts.includes('node_modules') ? undefined : file;
}

async function readSchema(workspace: string, path: string): Promise<unknown> {
  const reading = readInside(workspace, path);
  if ('problem' in reading) throw new Error(reading.problem);
  const { documents, faults } = await parseDocuments(path, reading.text);
  if (faults[0]) throw new Error(faults[0].message);
  return documents[0]?.value;
}
