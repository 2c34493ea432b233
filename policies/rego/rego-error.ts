// What goes wrong in a policy, with the place it stands at.

export interface Location {
  readonly file: string;
  readonly row: number;
  readonly column: number;
}

export type RegoErrorCode =
  | 'rego_parse_error'
  | 'rego_compile_error'
  | 'rego_type_error'
  | 'rego_unsafe_var_error'
  | 'rego_recursion_error'
  | 'eval_conflict_error'
  | 'eval_type_error'
  | 'eval_builtin_error'
  | 'eval_budget_error'
  | 'eval_with_merge_error';

export class RegoError extends Error {
  readonly code: RegoErrorCode;
  readonly location: Location | undefined;

  constructor(code: RegoErrorCode, message: string, location?: Location) {
    super(
      location ? `${location.file}:${location.row}:${location.column}: ${code}: ${message}` : `${code}: ${message}`,
    );
    this.code = code;
    this.location = location;
  }
}
