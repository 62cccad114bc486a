/** `@chop/bridge`: a login page asks the agent on this computer for a signature. */
export { signIn, type SignInOptions } from './sign-in.js';
export type { SignInState } from './sign-in-state.js';
export type { Assertion } from './parse-assertion.js';
export { detect, type DetectOptions, type Detection } from './detect.js';
export { BridgeError } from './bridge-error.js';
export { AGENT_CODES, BRIDGE_CODES, CODES, type Code } from './codes.js';
