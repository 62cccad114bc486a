/** What the component's numbers mean in the bridge's words. Spec: docs/hicos.md, "Errors". */
import { BridgeError } from './bridge-error.js';
/** The error that a page gets for these numbers, which the component gives signed or not. */
export declare function faultOf(code: number, lastError: unknown): BridgeError;
