/** Asks through the agent's own page in a popup. Spec: docs/protocol.md, "The popup". */
import type { BrowserWindow, Popup } from './browser-window.js';
import type { Operation } from './operations.js';
/**
 * Where pages written for HiCOS find Chop, without TLS. Its page there needs no certificate, says that
 * Chop is here, and takes nothing: whoever else had that port could be anybody.
 */
export declare const HERE = "http://localhost:61161";
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
 * @param here where to look at last: whether an agent is there that the browser does not trust.
 */
export declare function askByPopup(win: BrowserWindow, popup: Popup, agents: readonly string[], { name, request }: Operation<unknown>, signal?: AbortSignal, onReady?: () => void, onSimulated?: () => void, here?: string): Promise<unknown>;
