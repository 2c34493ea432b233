// Properties are tried with the same values in every run, so that a run that passed passes again. Other values are had with
// ARBITER_SEED=<number>; a failure names its seed.
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.ARBITER_SEED ?? 1) });
