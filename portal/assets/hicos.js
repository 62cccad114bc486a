// A login by way of the HiCOS component, as pages written for it have it: a small window of the
// component's, and what the two say to each other. What is shown meanwhile is in card.js.

import { onPress, post, say } from './card.js'

const COMPONENT = 'http://localhost:61161'
const ANSWERS_WITHIN = 3500
const SIGNS_WITHIN = 120_000

const pin = document.getElementById('pin')

onPress('[data-hicos]', async ({ hicos }, signal) => {
  // The click opens the window; our server's challenge may come after it.
  const popup = window.open(`${COMPONENT}/popupForm`, 'hicos', 'popup,width=240,height=240')
  if (popup === null) throw { code: 'popup_blocked' }
  const challenge = post('/login/challenge', { signal })
  challenge.catch(() => {}) // told below
  try {
    say('hicos_signing')
    const { signature, token } = await signed(popup, challenge, signal)
    say('verifying')
    const headers = { 'content-type': 'application/json', 'x-csrf-token': token }
    const { next } = await post(hicos, { signal, headers, body: JSON.stringify({ signature }) })
    location.assign(next)
  } finally {
    pin.value = ''
    popup.close()
  }
})

/** The component's signature of the challenge, and the challenge's token. */
async function signed(popup, challenge, signal) {
  await said(popup, 'getTbs', ANSWERS_WITHIN, signal)
  const answer = said(popup, 'sign', SIGNS_WITHIN, signal)
  answer.catch(() => {})
  const { challenge: tbs, token } = await challenge
  popup.postMessage(request(tbs), COMPONENT)
  const { ret_code: code, last_error: last, signature } = await answer
  if (code !== 0) throw problem(code, last)
  return { signature, token }
}

/** Waits until the component says this. */
function said(popup, func, within, signal) {
  return new Promise((resolve, reject) => {
    const end = new AbortController()
    const until = { signal: end.signal }
    const settle = (how, value) => (end.abort(), clearTimeout(timer), how(value))
    const timer = setTimeout(() => settle(reject, { code: 'hicos_absent' }), within)
    signal.addEventListener('abort', () => settle(reject, {}), until)
    addEventListener('message', ({ origin, source, data }) => {
      if (origin !== COMPONENT || source !== popup) return
      const message = parsed(data)
      if (message?.func === func) settle(resolve, message)
    }, until)
  })
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Values are percent-encoded, and no plus sign is left: that is how the component reads it. */
function request(tbs) {
  const fields = {
    func: 'MakeSignature',
    signatureType: 'PKCS7',
    hashAlgorithm: 'SHA256',
    tbs: encodeURIComponent(tbs),
    tbsEncoding: 'NONE',
    withCardSN: 'false',
    nonce: '',
    pin: encodeURIComponent(pin.value),
  }
  return JSON.stringify(fields).replaceAll('+', '%2B')
}

/** The component's numbers, in this site's words: docs/hicos.md, "Errors". */
function problem(code, last) {
  const words = {
    0x76000006: 'no_card',
    0x76100003: 'no_reader',
    0x76000031: 'hicos_refused',
    0x76000998: 'hicos_without_pin',
    0x76000999: 'user_refused',
    0x7610000c: 'no_certificate',
    0x76000003: 'hicos_refused',
  }
  if (code !== 0x76100006) return { code: words[code] ?? 'card_fault' }
  if (last === 164) return { code: 'pin_locked' }
  const triesLeft = { [-2147483647]: 1, [-2147483646]: 2 }[last]
  return { code: 'pin_wrong', triesLeft }
}
