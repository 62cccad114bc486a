/** Asks through the agent's own page in a popup. Spec: docs/protocol.md, "The popup". */
import type { BrowserWindow, Popup } from './browser-window.js';
import { type Assertion } from './parse-assertion.js';
/** Opens the popup at the first of `agents`; `null` unless called in a click. */
export declare function openPopup(win: BrowserWindow, [agent]: readonly string[]): Popup | null;
/**
 * Waits for the popup's page, hands it the challenge and takes the answer. Closes the popup.
 *
 * @param onReady called when the popup has the request.
 */
export declare function askByPopup(win: BrowserWindow, popup: Popup, agents: readonly string[], challenge: string, signal?: AbortSignal, onReady?: () => void): Promise<Assertion>;
