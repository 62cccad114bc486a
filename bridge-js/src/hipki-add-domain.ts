/** The script of the HiCOS room's page that lets a site in. */

import { serveAddDomain } from './serve-add-domain.js'

serveAddDomain(window)
