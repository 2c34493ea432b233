// The one place that turns unknown into types: the schemas of contracts/schemas, compiled by ajv. What a
// kernel needs from its start was compiled when it was written.
import { readFileSync } from 'node:fs';
import { Ajv2020, type AnySchema, type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import type { Certificate } from './generated/certificate.v1.ts';
import type { SignedEnvelope } from './generated/envelope.v1.ts';
import type { ErrorLine } from './generated/error-line.v1.ts';
import type { LedgerEntry } from './generated/ledger.v1.ts';
import type { LedgerContract } from './generated/ledger-contract.v1.ts';
import type { PluginManifest } from './generated/manifest.v1.ts';
import type { PerformancePolicy } from './generated/performance.v1.ts';
import type { PluginSpec } from './generated/plugin.v1.ts';
import type { PolicySnapshot } from './generated/policy-snapshot.v1.ts';
import type { ProtocolMessage } from './generated/protocol.v1.ts';
import type { ResultLine } from './generated/result.v1.ts';
import type { Settings } from './generated/settings.v1.ts';
import type { Task } from './generated/task.v1.ts';
import { schemaOfSchemas, validators } from './generated/validators.js';
import type { Verdict } from './generated/verdict.v1.ts';
import type { Workflow } from './generated/workflow.v1.ts';

/** Schema name → type. */
export interface Contracts {
  'task.v1': Task;
  'plugin.v1': PluginSpec;
  'manifest.v1': PluginManifest;
  'ledger-contract.v1': LedgerContract;
  'policy-snapshot.v1': PolicySnapshot;
  'ledger.v1': LedgerEntry;
  'protocol.v1': ProtocolMessage;
  'settings.v1': Settings;
  'performance.v1': PerformancePolicy;
  'result.v1': ResultLine;
  'error-line.v1': ErrorLine;
  'workflow.v1': Workflow;
  'verdict.v1': Verdict;
  'envelope.v1': SignedEnvelope;
  'certificate.v1': Certificate;
}

/** Where a value does not fit: ajv's own words, for whoever phrases the message. */
export type Misfit = ErrorObject;

export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly misfits: Misfit[] };

const draft2020 = 'https://json-schema.org/draft/2020-12/schema';
const addFormats = addFormatsModule as unknown as (ajv: Ajv2020) => Ajv2020;
const compiled = new Map<string, (value: unknown) => Misfit[]>();

/** Reads a schema of this package. */
export function contractSchema(name: keyof Contracts): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`./schemas/${name}.json`, import.meta.url), 'utf8'));
}

/** Checks `value` against the contract `name`. */
export function check<Name extends keyof Contracts>(name: Name, value: unknown): Checked<Contracts[Name]> {
  if (validators[name]?.(value)) return { ok: true, value: value as Contracts[Name] };
  let misfitsOf = compiled.get(name);
  if (!misfitsOf) compiled.set(name, (misfitsOf = compileSchema(contractSchema(name))));
  const misfits = misfitsOf(value);
  return misfits.length === 0 ? { ok: true, value: value as Contracts[Name] } : { ok: false, misfits };
}

/**
 * Compiles a schema; the function gives everything that does not fit, and nothing when all does. Throws when the schema
 * is no JSON Schema 2020-12. Looking for every misfit costs more and is bounded by nothing but the value, so that is
 * done only once it is known that there is one.
 */
export function compileSchema(schema: AnySchema): (value: unknown) => Misfit[] {
  // Whatever is not plainly in order is left to ajv's own check, which says what is the matter.
  const validateSchema = !isPlainly2020(schema);
  const fits: ValidateFunction = newAjv({ validateSchema }).compile(schema);
  let findAll: ValidateFunction | undefined;
  return (value) => {
    if (fits(value)) return [];
    findAll ??= newAjv({ allErrors: true, validateSchema }).compile(schema);
    findAll(value);
    return findAll.errors ?? fits.errors ?? [];
  };
}

function isPlainly2020(schema: AnySchema): boolean {
  if (typeof schema === 'boolean') return true;
  const { $schema = draft2020 } = schema as { $schema?: unknown };
  return $schema === draft2020 && schemaOfSchemas(schema);
}

/** As every schema here is compiled. */
export function newAjv(options: Options): Ajv2020 {
  return addFormats(
    new Ajv2020({
      strict: true,
      strictTypes: false,
      strictRequired: false,
      allowUnionTypes: true,
      verbose: true,
      ...options,
    }),
  );
}
