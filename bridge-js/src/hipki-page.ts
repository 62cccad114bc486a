/** The script of the HiCOS room's popups. */

import { serveHipkiPopup } from './serve-hipki-popup.js'

serveHipkiPopup(window)
