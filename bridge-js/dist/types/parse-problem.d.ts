import { BridgeError } from './bridge-error.js';
import { type Code } from './codes.js';
/**
 * Turns the body of a refusal into the error that the page gets.
 *
 * @param problem `{ code, tries_left?, retry_after? }`; anything else becomes `invalid_answer`.
 */
export declare function parseProblem(problem: unknown): BridgeError;
/** Whether a word is one of `CODES`. */
export declare function isCode(word: unknown): word is Code;
