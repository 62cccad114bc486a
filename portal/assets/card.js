// What a page does with a card: one thing at a time, with a panel that says where it stands.

const panel = document.getElementById('card-status')
const pressed = []

// What is under way, so that it can be cancelled; its end; and what it is.
let attempt
let ended
let action

// A page that comes back from the browser's cache stands where it was left.
addEventListener('pageshow', (event) => event.persisted && hide())

/** Has `act(dataset, signal)` done with what an element says when it is pressed. */
export function onPress(selector, act) {
  for (const element of document.querySelectorAll(selector)) {
    pressed.push(element)
    element.addEventListener('click', () => start((signal) => act(element.dataset, signal)))
    element.removeAttribute('aria-disabled')
  }
}

/** @throws `{ code }`, the site's own answer, or that there was none. */
export async function ask(path, request) {
  let answer
  try {
    answer = await fetch(path, request)
  } catch {
    throw { code: 'site_unreachable' }
  }
  if (answer.ok) return answer
  throw await answer.json().catch(() => ({ code: 'site_fault' }))
}

/** What the site answers in JSON. */
export async function post(path, request) {
  return (await ask(path, { method: 'POST', ...request })).json()
}

/** Shows the words for a state or code, with the buttons that fit. */
export function say(key, { triesLeft, retryAfter, reason, proceed } = {}) {
  const [name, number] = precisely(key, triesLeft, retryAfter)
  const tone = words(reason?.code ?? name).dataset.tone
  const content = document.createElement('div')
  // Why a click is needed comes first: there may be something better to do than to click.
  if (reason !== undefined) content.append(words(reason.code).content.cloneNode(true))
  content.append(words(name).content.cloneNode(true), buttons(tone, proceed))
  for (const line of content.querySelectorAll('p')) {
    line.firstChild.data = line.firstChild.data.replace('{n}', number)
  }

  Object.assign(panel.dataset, { state: key, tone, reason: reason?.code ?? '', number: number ?? '' })
  // Being told at once is for what went wrong; progress waits its turn.
  panel.setAttribute('role', tone === 'progress' || tone === 'calm' ? 'status' : 'alert')
  panel.replaceChildren(content)
  panel.hidden = false
  panel.scrollIntoView({ block: 'nearest' })
}

function start(next) {
  if (attempt !== undefined) return
  action = next
  ended = run()
}

async function startAgain() {
  attempt?.abort()
  await ended
  start(action)
}

async function run() {
  const { signal } = (attempt = new AbortController())
  for (const element of pressed) element.setAttribute('aria-disabled', 'true')
  const problem = await action(signal).catch((problem) => problem ?? {})
  attempt = undefined
  for (const element of pressed) element.removeAttribute('aria-disabled')
  if (signal.aborted) hide()
  else if (problem !== undefined) say(typeof problem.code === 'string' ? problem.code : 'unknown', problem)
}

/** The entry of the table, and the number in it. */
function precisely(key, triesLeft, retryAfter) {
  if (key === 'pin_wrong' && typeof triesLeft !== 'number') return ['pin_wrong_unknown']
  if (key === 'pin_wrong') return [triesLeft === 1 ? 'pin_wrong_last' : 'pin_wrong', triesLeft]
  if (key === 'cooling_down') return [key, Math.max(1, Math.ceil((retryAfter ?? 0) / 60))]
  return [key]
}

function words(key) {
  const named = (name) => document.querySelector(`template[data-words="${CSS.escape(name)}"]`)
  return named(key) ?? named('unknown')
}

function buttons(tone, proceed) {
  const row = document.createElement('div')
  row.className = 'buttons'
  // The click itself must call proceed: it is what lets the browser open a window.
  if (proceed !== undefined) row.append(button('proceed', proceed))
  if (tone === 'calm' || tone === 'warning') row.append(button('again', startAgain))
  if (attempt !== undefined) row.append(button('cancel', () => attempt?.abort()))
  return row
}

function button(name, onClick) {
  const template = document.querySelector(`template[data-button="${name}"]`)
  const made = template.content.cloneNode(true).firstElementChild
  made.addEventListener('click', onClick)
  return made
}

function hide() {
  panel.hidden = true
  panel.replaceChildren()
  delete panel.dataset.state
}
