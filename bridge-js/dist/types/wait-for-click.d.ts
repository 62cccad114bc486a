import type { BrowserWindow, Popup } from './browser-window.js';
/**
 * Waits for the page's button, and opens the popup in that very click: later the browser would
 * block it.
 *
 * @param open opens it; `null` where the browser does not let it.
 * @param onWaiting is given what the button has to call.
 * @throws {BridgeError} `popup_blocked`, `unanswered`; the reason of `signal`.
 */
export declare function waitForClick(win: BrowserWindow, open: () => Popup | null, signal: AbortSignal | undefined, onWaiting: (proceed: () => void) => void): Promise<Popup>;
