// The shape of validators.js, which scripts/generate-validators.ts writes.
import type { Contracts } from '../check.ts';

export const validators: { readonly [Name in keyof Contracts]?: (value: unknown) => boolean };

/** Whether a value is a JSON Schema 2020-12. */
export const schemaOfSchemas: (value: unknown) => boolean;
