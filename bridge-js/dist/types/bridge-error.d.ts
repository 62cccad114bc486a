import type { Code } from './codes.js';
/** What only some problems have. */
export interface ProblemData {
    readonly triesLeft?: number | null;
    readonly retryAfter?: number;
    readonly cause?: unknown;
}
/** Why there is no assertion. `code` chooses words for the person; `message` is for developers. */
export declare class BridgeError extends Error {
    readonly name = "BridgeError";
    /** Stable; see `CODES`. */
    readonly code: Code;
    /** With `pin_wrong`: tries before the card locks, `null` where the card does not tell. */
    readonly triesLeft?: number | null;
    /** With `cooling_down`: seconds until this site may ask again. */
    readonly retryAfter?: number;
    constructor(code: Code, message: string, { triesLeft, retryAfter, cause }?: ProblemData);
}
/** The answer is not what the protocol says. */
export declare function invalidAnswer(what: string): BridgeError;
