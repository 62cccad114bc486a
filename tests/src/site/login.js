// The login page of the simulated site. It does what the bridge's README tells sites to do, and
// keeps what happens in `window.login` for the test to read.
import { signIn } from '/bridge/index.js'

const button = (id) => document.getElementById(id)
const login = { states: [], reasons: [], assertion: null, error: null, challenge: null, simulated: 0 }
window.login = login

function show(update) {
  login.states.push(update.state)
  button('log').textContent = login.states.join('\n')
  const canProceed = update.state === 'needs_click'
  if (canProceed) login.reasons.push(update.reason.code)
  button('proceed').hidden = !canProceed
  button('proceed').onclick = canProceed ? () => update.proceed() : null
}

button('sign-in').addEventListener('click', async () => {
  const abort = new AbortController()
  button('cancel').hidden = false
  button('cancel').onclick = () => abort.abort()
  Object.assign(login, { states: [], reasons: [], assertion: null, error: null })
  try {
    const response = await fetch('/challenge')
    login.challenge = (await response.json()).challenge
    const onSimulated = () => login.simulated++
    const options = { signal: abort.signal, onState: show, onSimulated }
    login.assertion = await signIn(login.challenge, options)
  } catch (error) {
    const { name, code, message, triesLeft, retryAfter } = error
    login.error = { name, code, message, triesLeft, retryAfter }
  }
})
