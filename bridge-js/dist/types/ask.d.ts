import type { AskState } from './ask-state.js';
import { type BrowserWindow } from './browser-window.js';
import type { Obstacle } from './decide.js';
import { type AgentOptions } from './find-agent.js';
import type { Operation } from './operations.js';
/** What every operation may be told. */
export interface AskOptions extends AgentOptions {
    /** Cancels: closes the popup and the agent's window; the promise rejects with its reason. */
    readonly signal?: AbortSignal;
    /**
     * Called whenever the operation has got further. Without it there is nobody to show a button, so
     * where a click is needed the promise rejects with the reason for that.
     */
    readonly onState?: (state: AskState) => void;
    /**
     * Called before the promise settles when no real card has answered, but one of `chop simulate`.
     * For tests of a site, and for a banner that says so; a server must refuse such a card by itself.
     */
    readonly onSimulated?: () => void;
}
/** What operations that use a certificate may be told. */
export interface CertificateOptions extends AskOptions {
    /**
     * Names of issuers whose certificates the site takes, each the DER of an X.501 Name in standard
     * base64; at most 32. Without it the agent offers those of all issuers.
     */
    readonly issuers?: readonly string[];
}
/**
 * Asks the agent on this computer. Call it in a click, in a page: not in a worker, and not before
 * the person wants it, because the browser may ask them whether this site may reach local programs.
 *
 * @throws {BridgeError} each code as `CODES` says.
 *
 * Spec: docs/protocol.md, "Operations".
 */
export declare function ask<T>(operation: Operation<T>, options: AskOptions): Promise<T>;
/** `ask` in a given window. */
export declare function askFrom<T>(win: BrowserWindow | undefined, operation: Operation<T>, options: AskOptions): Promise<T>;
/** What came of asking without a popup. */
export type Direct<T> = {
    readonly answer: T;
} | {
    readonly page: BrowserWindow;
    readonly agents: readonly string[];
    readonly obstacle: Obstacle;
};
/** The steps of an operation up to where a popup may be needed. */
export declare function askDirectly<T>(win: BrowserWindow | undefined, operation: Operation<T>, { signal, onState, onSimulated, ...where }: AskOptions): Promise<Direct<T>>;
