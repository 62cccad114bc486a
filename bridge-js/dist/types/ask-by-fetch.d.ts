import type { BrowserWindow } from './browser-window.js';
import { type Operation } from './operations.js';
/**
 * Asks the agent directly, once: a second try could open a second window. When the request ends,
 * so does the agent's window.
 *
 * @param onSimulated called when the cards behind the answer are simulated.
 * @returns the answer, as the agent gave it.
 *
 * Spec: docs/protocol.md, "Operations".
 */
export declare function askByFetch(win: BrowserWindow, agent: string, { name, request }: Operation<unknown>, signal?: AbortSignal, onSimulated?: () => void): Promise<unknown>;
