// A login by Chop, or by the HiCOS component where there is no Chop. What is shown meanwhile is in
// card.js.

import { onPress, post, say } from './card.js'
import { signIn } from './hipki.js'

const pin = document.getElementById('pin')

/** Signs in: a challenge from our server, a signature of either form, and our server's verdict. */
onPress('[data-hicos]', async ({ login, hicos }, signal) => {
  say('preparing')
  const { challenge, token } = await post('/login/challenge', { signal })

  const onState = (state) => say(state.state, state)
  const answer = await signIn(challenge, { signal, onState, pin: entered })

  say('verifying')
  const [path, content] = answer.form === 'assertion'
    ? [login, answer.assertion]
    : [hicos, { signature: answer.signature }]
  const headers = { 'content-type': 'application/json', 'x-csrf-token': token }
  const { next } = await post(path, { signal, headers, body: JSON.stringify(content) })
  location.assign(next)
})

/** What was typed; it does not stay in the page. */
function entered() {
  const { value } = pin
  pin.value = ''
  return value || undefined
}
