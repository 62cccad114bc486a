// On the page that tells how to get the agent: looks whether it is there by now. Nobody is asked
// anything: where the browser would ask, the page says what to do instead.

import { detect } from './bridge.js'

const EVERY = 3000

const panel = document.getElementById('agent-status')
panel.hidden = false
look()

async function look() {
  const found = await detect().catch(() => 'absent')
  if (found === 'available') return show('found', 'good')
  show(found === 'absent' ? 'looking' : 'unknown', 'progress')
  setTimeout(look, EVERY)
}

function show(state, tone) {
  if (panel.dataset.state === state && panel.dataset.tone === tone) return
  Object.assign(panel.dataset, { state, tone })
  for (const part of panel.children) part.hidden = part.dataset.shown !== state
}
