import type { BrowserWindow } from './browser-window.js';
import { type Assertion } from './parse-assertion.js';
/**
 * Asks the agent directly, once: a second try could open a second window. When the request ends,
 * so does the agent's window.
 *
 * Spec: docs/protocol.md, "Sign in".
 */
export declare function askByFetch(win: BrowserWindow, agent: string, challenge: string, signal?: AbortSignal): Promise<Assertion>;
