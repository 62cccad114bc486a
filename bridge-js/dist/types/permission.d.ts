/**
 * May this page reach loopback? Browsers ask the person (Local Network Access), and a page may only
 * look at how that stands.
 */
import type { BrowserWindow, Permission } from './browser-window.js';
/** The permission as it stands; `undefined` where the browser has no such question. */
export declare function queryPermission(win: BrowserWindow): Promise<Permission | undefined>;
/**
 * Whether a Permissions-Policy keeps the page from loopback: its own header, or an `<iframe>`
 * around it without `allow`. `undefined` where the browser does not tell.
 */
export declare function isForbiddenByPolicy(win: BrowserWindow): boolean | undefined;
