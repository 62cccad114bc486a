/** What each operation sends, and what it takes for an answer. */

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fromBase64, toBase64 } from '../src/base64.js'
import { certificates, certificatesOf } from '../src/certificates.js'
import { decrypt, decryptOf } from '../src/decrypt.js'
import { PATHS, type Operation } from '../src/operations.js'
import { sign, signWith } from '../src/sign.js'
import { AGENT, FakePermission, FakeWindow } from './fake-window.js'
import { Scene } from './scene.js'

const NAME = 'MAA='
const HELLO = Uint8Array.of(0x68, 0x69)

/** What was sent, and what came of the agent's answer. */
async function told(operation: Operation<unknown>, json: unknown): Promise<[unknown, unknown]> {
  const url = AGENT + PATHS[operation.name]
  const scene = new Scene(new FakeWindow().withAgent().reply(url, { json }), {}, operation)
  await scene.win.tick(0)
  const sent = scene.win.requests.find((request) => request.url === url)
  return [JSON.parse(String(sent?.init.body)), scene.outcome]
}

test('certificates are asked for by issuer, and handed on as they came', async () => {
  const answer = { certificates: [{ certificate: 'MIIB', uses: ['sign_in', 'new'] }], issuers: [] }

  assert.deepEqual(await told(certificatesOf([NAME]), answer), [{ issuers: [NAME] }, answer])
  assert.deepEqual(await told(certificatesOf(), answer), [{}, answer])
})

test('documents go by content or by digest, with the certificate that may be used', async () => {
  const digest = new Uint8Array(32)
  const documents = [
    { name: '合約.pdf', content: HELLO },
    { name: 'b', digest, hash: 'sha-256' },
  ] as const

  const operation = signWith(documents, undefined, HELLO)
  const [sent, signatures] = await told(operation, { signatures: ['MIIC', 'MIID'] })

  assert.deepEqual(sent, {
    documents: [
      { name: '合約.pdf', content: 'aGk=' },
      { name: 'b', digest: `${'A'.repeat(43)}=`, hash: 'sha-256' },
    ],
    certificate: 'aGk=',
  })
  assert.deepEqual(signatures, ['MIIC', 'MIID'])
})

test('an envelope is opened to bytes', async () => {
  assert.deepEqual(await told(decryptOf(HELLO), { content: 'aGk=' }), [{ envelope: 'aGk=' }, HELLO])
})

test('answers of another shape are refused', async () => {
  const cases: readonly [Operation<unknown>, readonly unknown[]][] = [
    [
      certificatesOf(),
      [
        null,
        {},
        { certificates: [] },
        { certificates: [{ certificate: 'MIIB' }], issuers: [] },
        { certificates: [{ certificate: 1, uses: [] }], issuers: [] },
        { certificates: [null], issuers: [] },
        { certificates: [], issuers: [1] },
      ],
    ],
    [
      signWith([{ name: 'a', content: HELLO }]),
      [null, {}, { signatures: [] }, { signatures: ['a', 'b'] }, { signatures: [1] }],
    ],
    [decryptOf(HELLO), [null, {}, { content: 1 }, { content: '&' }]],
  ]
  for (const [operation, answers] of cases) {
    for (const answer of answers) {
      const [, outcome] = await told(operation, answer)
      assert.equal(outcome, 'invalid_answer', `${operation.name}: ${JSON.stringify(answer)}`)
    }
  }
})

test('every operation goes through the popup as well', async () => {
  const win = new FakeWindow()
  win.permission = new FakePermission('denied')
  const scene = new Scene(win, {}, decryptOf(HELLO))
  await win.tick(0)
  await scene.click()
  await win.hear(win.popup, AGENT, { chop: 'ready', protocol: 1 })

  assert.deepEqual(win.popup.posted[0]?.message, {
    chop: 'decrypt',
    request: { envelope: 'aGk=' },
  })
  await win.hear(win.popup, AGENT, { chop: 'answer', result: { content: 'aGk=' } })

  assert.deepEqual(scene.outcome, HELLO)
})

test('outside of a page each says so', async () => {
  for (const asked of [certificates(), sign([{ name: 'a', content: HELLO }]), decrypt(HELLO)]) {
    await assert.rejects(asked, { name: 'BridgeError', code: 'invalid_request' })
  }
})

test('base64 is the standard one, for any number of bytes', () => {
  for (const length of [0, 1, 2, 3, 0x8000, 0x8001, 1_000_000]) {
    const bytes = new Uint8Array(length).map((_, at) => (at * 31) & 255)

    assert.equal(toBase64(bytes), Buffer.from(bytes).toString('base64'))
    assert.deepEqual(fromBase64(toBase64(bytes)), bytes)
  }
  assert.equal(fromBase64('%'), undefined)
})
