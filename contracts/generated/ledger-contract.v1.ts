// Generated from contracts/schemas/ledger-contract.v1.json by scripts/generate-types.ts. Do not edit.

/**
 * ledger_contract.json: which body fields this plugin's entries carry, and which of its output fields may differ from run to run.
 */
export interface LedgerContract {
  schema: 'ledger-contract.v1';
  /**
   * Fields of the entry body that are always present.
   *
   * @minItems 1
   */
  body: [
    (
      | 'task'
      | 'decisions'
      | 'plugin'
      | 'contracts'
      | 'grants'
      | 'policies'
      | 'isolation'
      | 'result'
      | 'effects'
      | 'gates'
      | 'outcome'
      | 'error'
    ),
    ...(
      | 'task'
      | 'decisions'
      | 'plugin'
      | 'contracts'
      | 'grants'
      | 'policies'
      | 'isolation'
      | 'result'
      | 'effects'
      | 'gates'
      | 'outcome'
      | 'error'
    )[]
  ];
  /**
   * JSON pointers into the output.
   */
  volatile: string[];
}
