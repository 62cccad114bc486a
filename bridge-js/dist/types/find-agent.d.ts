/** Looks for the agent by `fetch`. Spec: docs/protocol.md, "Finding the agent". */
import type { BrowserWindow } from './browser-window.js';
import { type Obstacle } from './decide.js';
/** Where to look. */
export interface AgentOptions {
    /** The one origin to look at, such as `https://localhost:21443`; for developers of agents. */
    readonly agent?: string;
    /** Ports of `https://localhost` to look at; by default those that agents use. */
    readonly ports?: readonly number[];
}
/** The origins to look at, best first. Browsers resolve `localhost` to loopback by themselves. */
export declare function candidates({ agent, ports }: AgentOptions): readonly string[];
/**
 * Looks at all `agents` at once: closed ports cost nothing, and the browser asks its question once.
 *
 * @param onAsking called when the browser seems to ask the person.
 * @returns the origin of an agent, or why there is none to be had this way.
 * @throws {BridgeError} `unanswered`, or what an agent said that refused to introduce itself; the
 *   reason of `signal`.
 */
export declare function findAgent(win: BrowserWindow, agents: readonly string[], signal?: AbortSignal, onAsking?: () => void): Promise<{
    readonly agent: string;
} | Obstacle>;
