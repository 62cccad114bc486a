/**
 * May this page reach loopback? Browsers ask the person (Local Network Access), and a page may only
 * look at how that stands.
 */

import type { BrowserWindow, Permission } from './browser-window.js'

/**
 * Names of the permission, best first: Chromium 156 knows both, Firefox 153 the first, Chromium
 * before the split the second. Those that know neither do not ask.
 */
const NAMES = ['loopback-network', 'local-network-access'] as const

/** The permission as it stands; `undefined` where the browser has no such question. */
export async function queryPermission(win: BrowserWindow): Promise<Permission | undefined> {
  for (const name of NAMES) {
    try {
      const permission = await win.navigator.permissions?.query({ name: name as never })
      if (permission !== undefined) return permission
    } catch {
      // A name that this browser does not know.
    }
  }
  return undefined
}

/**
 * Whether a Permissions-Policy keeps the page from loopback: its own header, or an `<iframe>`
 * around it without `allow`. `undefined` where the browser does not tell.
 */
export function isForbiddenByPolicy(win: BrowserWindow): boolean | undefined {
  const policy = win.document.featurePolicy
  const name = NAMES.find((name) => policy?.features().includes(name))
  return policy === undefined || name === undefined ? undefined : !policy.allowsFeature(name)
}
