/** `@chop/bridge`: a page asks the agent on this computer for what a card can do. */
export { signIn } from './sign-in.js';
export { certificates, type CardCertificate, type CardCertificates } from './certificates.js';
export { sign, type Document, type SignOptions } from './sign.js';
export { decrypt } from './decrypt.js';
export type { AskOptions, CertificateOptions } from './ask.js';
export type { AskState } from './ask-state.js';
export type { Assertion } from './parse-assertion.js';
export { detect, type DetectOptions, type Detection } from './detect.js';
export { BridgeError } from './bridge-error.js';
export { AGENT_CODES, BRIDGE_CODES, CODES, type Code } from './codes.js';
