// An agent with simulated cards, and whatever else a test starts, for Playwright.
import { test as base, expect } from '@playwright/test'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** `chop simulate`, with a script instead of windows. */
export class Chop {
  static async start(folder, { command = process.env.CHOP ?? 'chop' } = {}) {
    const stdio = ['pipe', 'pipe', 'inherit']
    const words = ['simulate', '--answer', 'allow', '--out', folder]
    const chop = new Chop(spawn(command, words, { stdio }))
    await chop.line() // https://localhost:PORT, once it listens
    return chop
  }

  constructor(child) {
    this.child = child
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  }

  /** What the next windows are answered: allow, refuse, wrong-pin, time-out, wait. The last one stays. */
  answers = (...answers) => this.say('answer', answers)

  /** What is in the readers: company, citizen, expired, locking:TRIES, slow:SECONDS, pulled; or nothing. */
  cards = (...kinds) => this.say('card', kinds)

  async say(word, rest) {
    const order = [word, ...rest].join(' ')
    this.child.stdin.write(`${order}\n`)
    expect(await this.line()).toBe(order)
  }

  async line() {
    const { value, done } = await this.lines.next()
    if (done) throw new Error('chop simulate has ended; what it said is above')
    return value
  }

  stop = () => stop(this.child)
}

/** Starts a program of yours, and waits until `url` answers. */
export async function start(command, words, url, options = {}) {
  const child = spawn(command, words, { stdio: 'inherit', ...options })
  const answers = () => fetch(url).then(() => true, () => child.exitCode)
  await expect.poll(answers, { timeout: 30_000 }).toBe(true)
  return child
}

export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

/** Tests with `chop`: one agent, verifier and site for all of them, each test with a company's card. */
export const test = base.extend({
  stage: [
    async ({}, use) => {
      const chop = await Chop.start('trust')
      const children = []
      try {
        // The verifier reads what the agent has written into `trust`, so it comes second.
        const verify = ['serve', '--settings', 'chop-verify.toml']
        const health = 'http://127.0.0.1:8470/health/live'
        children.push(await start(process.env.CHOP_VERIFY_PROGRAM ?? 'chop-verify', verify, health))
        const env = { ...process.env, CHOP_VERIFY: 'http://127.0.0.1:8470' }
        children.push(await start('python3', ['../python/site.py'], 'http://localhost:8000', { env }))
        await use(chop)
      } finally {
        for (const child of children) await stop(child)
        await chop.stop()
      }
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  chop: async ({ stage }, use) => {
    await stage.cards('company')
    await stage.answers('allow')
    await use(stage)
  },
})

export { expect }
