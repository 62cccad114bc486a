/**
 * The script of the agent's popup page, `GET /v1/bridge`. The agent serves it with its hash in the
 * page's content security policy, so it is built into one file of its own.
 */

import { servePopup } from './serve-popup.js'

servePopup(window)
