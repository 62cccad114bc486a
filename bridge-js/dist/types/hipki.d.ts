/**
 * `@chop/bridge/hipki`: everything of `@chop/bridge`, but its operations are done by the vendor's
 * HiCOS component where there is no Chop. For sites that move before everybody's computer has.
 */
export * from './index.js';
export { signIn, sign, certificates, decrypt } from './hipki-operations.js';
export type { HipkiDocument, SignInAnswer } from './hipki-operations.js';
export type { HipkiOptions, HipkiState, PinOptions } from './hipki-ask.js';
