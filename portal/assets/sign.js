// Signing a document of ours with a card. What is shown meanwhile is in card.js.

import { sign } from './bridge.js'
import { ask, onPress, post, say } from './card.js'

/** Signs: our server's document, the agent's signature of it, and our server's verdict. */
onPress('[data-sign]', async ({ sign: path, name, token }, signal) => {
  say('preparing_document')
  // The server's own bytes: what a page shows of a text is not always what the text is.
  const document = await ask(`${path}/document`, { signal })
  const content = new Uint8Array(await document.arrayBuffer())

  const onState = (state) => say(state.state, state)
  const [signature] = await sign([{ name, content }], { signal, onState })

  say('verifying_signature')
  const headers = { 'content-type': 'application/json', 'x-csrf-token': token }
  const body = JSON.stringify({ signature })
  const { next } = await post(`${path}/signature`, { signal, headers, body })
  location.assign(next)
})
