import type { BrowserWindow } from './browser-window.js';
/**
 * Asks who answers at `agent`.
 *
 * @returns `agent`, if that is Chop and speaks our version.
 * @throws {BridgeError} `protocol_unsupported`, or the agent's refusal to this page; anything else
 *   that is thrown means that no agent answers there.
 */
export declare function greet(win: BrowserWindow, agent: string, signal: AbortSignal): Promise<string>;
