import { type CertificateOptions } from './ask.js';
import type { Operation } from './operations.js';
import { type Assertion } from './parse-assertion.js';
/**
 * Asks the agent on this computer to sign a login challenge. Call it in a click, in a page.
 *
 * @param challenge standard base64, 44 characters for 32 bytes, at most 128; signed as this text,
 *   never decoded. Issued by the site's own server, for one use.
 * @returns the assertion; post it to the server unchanged.
 * @throws {BridgeError} `user_refused` is an answer, not a fault.
 *
 * Spec: docs/protocol.md, "Sign in".
 */
export declare function signIn(challenge: string, { issuers, ...options }?: CertificateOptions): Promise<Assertion>;
/** The operation. */
export declare function signInWith(challenge: string, issuers?: readonly string[]): Operation<Assertion>;
