import fc from 'fast-check';

/**
 * Properties are tried on the same cases in every run, so that a red run is the change's doing and comes again.
 * `FC_SEED=n` tries others.
 */
fc.configureGlobal({ seed: Number(process.env['FC_SEED'] ?? 1) });
