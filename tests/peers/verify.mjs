// What pkijs makes of signatures; see README.md.

import { readFileSync } from 'node:fs'
import * as asn1js from 'asn1js'
import * as pkijs from 'pkijs'

pkijs.setEngine('node', new pkijs.CryptoEngine({ name: 'node', crypto: globalThis.crypto }))
const engine = pkijs.getCrypto(true)

const SIGNING_TIME = '1.2.840.113549.1.9.5'
const NONCE = '1.2.840.113549.1.9.25.3'
const CARD_NUMBER = '2.16.886.1.100.2.204'

const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64'))

function assert(truth, what) {
  if (!truth) throw new Error(what)
}

async function cms({ name, content, signature, certificate }) {
  const info = pkijs.ContentInfo.fromBER(signature)
  const signed = new pkijs.SignedData({ schema: info.content })
  assert(signed.version === 1 && signed.signerInfos.length === 1, `${name}: not one signer`)
  const [signer] = signed.signerInfos
  assert(signer.version === 1 && signer.unsignedAttrs === undefined, `${name}: not the signer's form`)
  const embedded = signed.certificates ?? []
  // A site that has the certificate already gives it to the library.
  if (embedded.length === 0) signed.certificates = [pkijs.Certificate.fromBER(certificate)]
  const { signatureVerified, signerCertificateVerified } = await signed.verify({
    signer: 0,
    trustedCerts: [],
    checkChain: false,
    extendedMode: true,
  })
  assert(signatureVerified, `${name}: pkijs says no`)
  assert(signerCertificateVerified !== false, `${name}: not the signer's certificate`)

  const inside = Buffer.from(signed.encapContentInfo.eContent.getValue())
  assert(inside.equals(Buffer.from(content)), `${name}: another content`)
  const attributes = signer.signedAttrs.attributes
  const value = (type) => attributes.find((one) => one.type === type)?.values[0]
  const text = (type) => value(type)?.valueBlock.value ?? '-'
  const time = value(SIGNING_TIME)
  assert(time === undefined || time instanceof asn1js.UTCTime, `${name}: the time is no UTCTime`)
  return [
    `content=${inside.toString('base64')}`,
    `digest=${signer.digestAlgorithm.algorithmId}`,
    `signed=${signer.signatureAlgorithm.algorithmId}`,
    `certificates=${embedded.length}`,
    `attributes=${attributes.map((one) => one.type).join()}`,
    `nonce=${text(NONCE)}`,
    `card=${text(CARD_NUMBER)}`,
    `time=${time === undefined ? '-' : time.toDate().toISOString().replace('.000Z', 'Z')}`,
  ]
}

/** With the engine's own reading of keys and signatures, as sites that check bare ones do it. */
async function bare({ name, hash, content, signature, certificate }) {
  const { subjectPublicKeyInfo: key } = pkijs.Certificate.fromBER(certificate)
  const algorithm = { algorithmId: ALGORITHMS[key.algorithm.algorithmId][hash] }
  const value = new asn1js.BitString({ valueHex: signature.slice().buffer })
  const described = new pkijs.AlgorithmIdentifier(algorithm)
  const good = await engine.verifyWithPublicKey(content, value, key, described)
  assert(good, `${name}: pkijs says no`)
  return []
}

const ALGORITHMS = {
  '1.2.840.113549.1.1.1': {
    SHA1: '1.2.840.113549.1.1.5',
    SHA256: '1.2.840.113549.1.1.11',
    SHA384: '1.2.840.113549.1.1.12',
    SHA512: '1.2.840.113549.1.1.13',
  },
  '1.2.840.10045.2.1': {
    SHA1: '1.2.840.10045.4.1',
    SHA256: '1.2.840.10045.4.3.2',
    SHA384: '1.2.840.10045.4.3.3',
    SHA512: '1.2.840.10045.4.3.4',
  },
}

for (const line of readFileSync(process.argv[2], 'utf8').trimEnd().split('\n')) {
  const [name, form, hash, content, signature, certificate] = line.split('\t')
  // Web Crypto has no way to look into a block.
  if (form === 'block') continue
  const binary = { content: bytes(content), signature: bytes(signature), certificate: bytes(certificate) }
  const said = await (form === 'cms' ? cms : bare)({ name, hash, ...binary })
  console.log([name, ...said].join('\t'))
}
