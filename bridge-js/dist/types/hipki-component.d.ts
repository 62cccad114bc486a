/**
 * Asks the vendor's HiCOS component (跨平台網頁元件) through its popup.
 *
 * It has no published specification; docs/hicos.md has what is known of how pages talk with it.
 */
import type { BrowserWindow, Popup } from './browser-window.js';
/** Where it listens. */
export declare const COMPONENT = "http://localhost:61161";
/**
 * How long its page may take to say that it is there, in milliseconds. Its own pages wait 3,500,
 * which a computer that has just been started does not always keep.
 */
export declare const READY_TIME = 6000;
/** What the component is asked for, and what its answer must be. */
export interface ComponentRequest<T> {
    /** What it does: `MakeSignature`. */
    readonly func: string;
    /** How its answer is called: `sign`. */
    readonly answer: string;
    /** What else is in the package. */
    readonly fields: Readonly<Record<string, string>>;
    /**
     * Reads the answer.
     *
     * @throws {BridgeError} `invalid_answer`, `no_card`.
     */
    readonly parse: (answer: Readonly<Record<string, unknown>>) => T;
}
/** The page of the component's popup. */
export declare function popupForm(component: string): string;
/**
 * Waits for the component's page in `popup`, hands it the request and takes the answer. The popup
 * stays for its opener to close, unless it does so itself.
 *
 * @param pin asks the person, once the component is known to be there; `undefined` where no PIN is
 *   needed. What it gives is sent once.
 * @throws {BridgeError} `agent_unreachable` if there is no component in the popup; what the
 *   component says.
 */
export declare function askComponent<T>(win: BrowserWindow, popup: Popup, component: string, request: ComponentRequest<T>, pin: (() => Promise<string>) | undefined, signal?: AbortSignal): Promise<T>;
