import { type BrowserWindow } from './browser-window.js';
import { type AgentOptions } from './find-agent.js';
import type { Assertion } from './parse-assertion.js';
import type { SignInState } from './sign-in-state.js';
/** What a sign-in may be told. */
export interface SignInOptions extends AgentOptions {
    /** Cancels: closes the popup and the agent's window; the promise rejects with its reason. */
    readonly signal?: AbortSignal;
    /**
     * Called whenever the sign-in has got further. Without it there is nobody to show a button, so
     * where a click is needed the promise rejects with the reason for that.
     */
    readonly onState?: (state: SignInState) => void;
}
/**
 * Asks the agent on this computer to sign a login challenge. Call it in a click, in a page: not in
 * a worker, and not before the person wants to sign in, because the browser may ask them whether
 * this site may reach local programs.
 *
 * @param challenge standard base64, 44 characters for 32 bytes, at most 128; signed as this text,
 *   never decoded. Issued by the site's own server, for one use.
 * @returns the assertion; post it to the server unchanged.
 * @throws {BridgeError} `user_refused` is an answer, not a fault.
 *
 * Spec: docs/protocol.md, "Sign in".
 */
export declare function signIn(challenge: string, options?: SignInOptions): Promise<Assertion>;
/** `signIn` in a given window. */
export declare function signInFrom(win: BrowserWindow | undefined, challenge: string, { signal, onState, ...where }: SignInOptions): Promise<Assertion>;
