/** Asks through the agent's own page in a popup. Spec: docs/protocol.md, "The popup". */
import type { BrowserWindow, Popup } from './browser-window.js';
import type { Operation } from './operations.js';
/** The agent's page at the first of `agents`. */
export declare function pageOf([agent]: readonly string[]): string;
/** Opens the popup; `null` unless called in a click. */
export declare function openPopup(win: BrowserWindow, url: string): Popup | null;
/**
 * Waits for the popup's page, hands it the request and takes the answer. The popup stays for its
 * opener to close.
 *
 * @param onReady called when the popup has the request.
 * @param onSimulated called when the cards behind the answer are simulated.
 */
export declare function askByPopup(win: BrowserWindow, popup: Popup, agents: readonly string[], { name, request }: Operation<unknown>, signal?: AbortSignal, onReady?: () => void, onSimulated?: () => void): Promise<unknown>;
