// The card login of a page: this is what other sites copy. What is shown meanwhile is in card.js.

import { signIn } from './bridge.js'
import { onPress, post, say } from './card.js'

/** Signs in: a challenge from our server, the agent's signature, and our server's verdict. */
onPress('[data-login]', async ({ login }, signal) => {
  say('preparing')
  const { challenge, token } = await post('/login/challenge', { signal })

  const assertion = await signIn(challenge, { signal, onState: (state) => say(state.state, state) })

  say('verifying')
  const headers = { 'content-type': 'application/json', 'x-csrf-token': token }
  const { next } = await post(login, { signal, headers, body: JSON.stringify(assertion) })
  location.assign(next)
})
