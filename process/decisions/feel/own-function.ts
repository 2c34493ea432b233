// What a function of FEEL is here.

/** A function by its parameters' names; its arguments are null where a call names them null, undefined where it does not. */
export type OwnFunction = readonly [parameters: readonly string[], call: (...values: never[]) => unknown];
