import type { BrowserWindow } from './browser-window.js';
/** How long a person may take for any one answer, in milliseconds; challenges live no longer. */
export declare const PATIENCE = 300000;
type Target = Pick<EventTarget, 'addEventListener' | 'removeEventListener'>;
/** Owns what waits: listeners, timers, requests. They end with `end`; requests also with `outer`. */
export declare class Scope {
    #private;
    readonly win: BrowserWindow;
    /** @throws the reason of `outer`, if that has fired already. */
    constructor(win: BrowserWindow, outer: AbortSignal | undefined);
    /** For requests. */
    get signal(): AbortSignal;
    on<E extends Event>(target: Target, type: string, listener: (event: E) => void): void;
    /** Does `action` after `ms` milliseconds; the answer takes that back. */
    after(ms: number, action: () => void): () => void;
    /** Ends the requests, with `reason` where the page's own signal has one. */
    abort(reason?: unknown): void;
    end(): void;
}
export {};
