// The page's half of a card login. `bridge.js` is @chop/bridge.
import { signIn, BridgeError } from '/bridge.js'

const [button, cancel, proceed, status] =
  ['sign-in', 'cancel', 'proceed', 'status'].map((id) => document.getElementById(id))

const STATES = {
  connecting: '連線中…',
  waiting_for_permission: '瀏覽器正在詢問是否允許本站連線到這台裝置上的應用程式，請允許。',
  waiting_for_person: '請在 Chop 的視窗繼續。',
  needs_click: '請按「繼續」，在小視窗中登入。沒有反應？請先安裝 Chop；已經安裝，請執行 chop doctor。',
  popup: '小視窗會自行關閉。',
}

button.onclick = async () => {
  const abort = new AbortController()
  cancel.hidden = false
  cancel.onclick = () => abort.abort()
  try {
    // 1. A challenge of our own server, and its identifier.
    const issued = await fetch('/login/challenge', { method: 'POST' })
    if (!issued.ok) throw new Error(`the site gives no challenge: ${issued.status}`)
    const { challenge, id } = await issued.json()
    // 2. The agent asks the person; the card signs.
    const assertion = await signIn(challenge, { signal: abort.signal, onState: show })
    // 3. Our server has it verified.
    const headers = { 'content-type': 'application/json', 'x-challenge-id': id }
    const answer = await fetch('/login/card', { method: 'POST', headers, body: JSON.stringify(assertion) })
    const result = await answer.json()
    status.textContent = answer.ok ? `您好，${result.name}` : `無法登入（${result.code}）`
  } catch (error) {
    status.textContent = wordsOf(error)
  } finally {
    cancel.hidden = proceed.hidden = true
  }
}

/** Why there is no login: Chop's or the browser's reason, the person's cancel, or this site. */
function wordsOf(error) {
  if (error instanceof BridgeError) return `無法登入（${error.code}）`
  return error.name === 'AbortError' ? '已取消' : '網站暫時無法登入，請稍後再試。'
}

function show(update) {
  status.textContent = STATES[update.state] ?? ''
  proceed.hidden = update.state !== 'needs_click'
  proceed.onclick = update.proceed // the click itself must call it
}
