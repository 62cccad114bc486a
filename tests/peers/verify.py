"""What Python's cryptography and asn1crypto make of signatures; see README.md."""

import base64
import sys

from asn1crypto import cms, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.x509 import load_der_x509_certificate

HASHES = {
    "SHA1": (hashes.SHA1(), "1.3.14.3.2.26", "1.2.840.10045.4.1"),
    "SHA256": (hashes.SHA256(), "2.16.840.1.101.3.4.2.1", "1.2.840.10045.4.3.2"),
    "SHA384": (hashes.SHA384(), "2.16.840.1.101.3.4.2.2", "1.2.840.10045.4.3.3"),
    "SHA512": (hashes.SHA512(), "2.16.840.1.101.3.4.2.3", "1.2.840.10045.4.3.4"),
}
DATA, SIGNED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME = (f"1.2.840.113549.1.9.{n}" for n in (3, 4, 5))
NONCE, CARD_NUMBER = "1.2.840.113549.1.9.25.3", "2.16.886.1.100.2.204"
RSA = "1.2.840.113549.1.1.1"
PRINTABLE = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?")


def check(key, hash_name, signature, message):
    algorithm = HASHES[hash_name][0]
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, message, ec.ECDSA(algorithm))
    else:
        key.verify(signature, message, padding.PKCS1v15(), algorithm)


# DER by hand: the layout is compared byte by byte, so nothing may be left to a library.


def tlv(tag, *parts):
    value = b"".join(parts)
    if len(value) < 128:
        return bytes([tag, len(value)]) + value
    length = len(value).to_bytes((len(value).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + value


def sequence(*parts):
    return tlv(0x30, *parts)


def set_of(*parts):
    return tlv(0x31, *sorted(parts))


def oid(text):
    first, second, *rest = (int(arc) for arc in text.split("."))
    octets = b""
    for arc in [first * 40 + second, *rest]:
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.insert(0, 0x80 | arc & 0x7F)
        octets += bytes(groups)
    return tlv(6, octets)


def text(value):
    return tlv(0x13 if set(value) <= PRINTABLE else 0x0C, value.encode())


def layout(case, key, time, signature, certificate):
    """The whole structure as the HiCOS component's is laid out."""
    algorithm, digest_oid, ecdsa_oid = HASHES[case["hash"]]
    null = tlv(5)
    digest = hashes.Hash(algorithm)
    digest.update(case["content"])
    attributes = {CONTENT_TYPE: oid(DATA), MESSAGE_DIGEST: tlv(4, digest.finalize())}
    if time:
        attributes[SIGNING_TIME] = tlv(0x17, time)
    if case["nonce"]:
        attributes[NONCE] = text(case["nonce"])
    if case["card"]:
        attributes[CARD_NUMBER] = text(case["card"])
    attributes = [sequence(oid(kind), set_of(value)) for kind, value in attributes.items()]
    is_ec = isinstance(key, ec.EllipticCurvePublicKey)
    issuer, serial = certificate.issuer.dump(), certificate["tbs_certificate"]["serial_number"].dump()
    signer = sequence(
        tlv(2, b"\1"),
        sequence(issuer, serial),
        sequence(oid(digest_oid), null),
        tlv(0xA0, *sorted(attributes)),
        sequence(oid(ecdsa_oid)) if is_ec else sequence(oid(RSA), null),
        tlv(4, signature),
    )
    embedded = tlv(0xA0, case["certificate"]) if case["embedded"] else b""
    return sequence(
        oid(SIGNED_DATA),
        tlv(
            0xA0,
            sequence(
                tlv(2, b"\1"),
                set_of(sequence(oid(digest_oid), null)),
                sequence(oid(DATA), tlv(0xA0, tlv(4, case["content"]))),
                embedded,
                set_of(signer),
            ),
        ),
    )


def decode(case, key):
    info = cms.ContentInfo.load(case["signature"], strict=True)
    assert info["content_type"].dotted == SIGNED_DATA
    signed = info["content"]
    certificate = x509.Certificate.load(case["certificate"], strict=True)
    content = signed["encap_content_info"]["content"].native
    (signer,) = signed["signer_infos"]
    (digest,) = signed["digest_algorithms"]
    assert digest["algorithm"].dotted == signer["digest_algorithm"]["algorithm"].dotted
    sid = signer["sid"].chosen
    assert sid["issuer"] == certificate.issuer and sid["serial_number"].native == certificate.serial_number
    embedded = [] if signed["certificates"].native is None else list(signed["certificates"])
    assert all(one.chosen.dump() == case["certificate"] for one in embedded)

    values = {one["type"].dotted: one["values"][0] for one in signer["signed_attrs"]}
    time = values.get(SIGNING_TIME)
    nonce, card = (
        values[kind].native if kind in values else "-" for kind in (NONCE, CARD_NUMBER)
    )
    message = b"\x31" + signer["signed_attrs"].dump()[1:]
    signature = signer["signature"].native
    check(key, case["hash"], signature, message)

    stamp = time.chosen.contents if time is not None else None
    whole = layout(case, key, stamp, signature, certificate)
    assert whole == case["signature"], f"{case['name']}: {whole.hex()} is not {case['signature'].hex()}"
    return [
        "content=" + base64.b64encode(content).decode(),
        "digest=" + signer["digest_algorithm"]["algorithm"].dotted,
        "signed=" + signer["signature_algorithm"]["algorithm"].dotted,
        f"certificates={len(embedded)}",
        "attributes=" + ",".join(one["type"].dotted for one in signer["signed_attrs"]),
        "nonce=" + nonce,
        "card=" + card,
        "time=" + (time.native.strftime("%Y-%m-%dT%H:%M:%SZ") if time is not None else "-"),
    ]


def main(path):
    for line in open(path, encoding="utf-8"):
        name, form, hash_name, *binary, nonce, card, time, embedded = line.rstrip("\n").split("\t")
        content, signature, certificate = (base64.b64decode(one, validate=True) for one in binary)
        case = {
            "name": name, "hash": hash_name, "content": content, "signature": signature,
            "certificate": certificate, "nonce": nonce, "card": card, "embedded": embedded == "true",
        }
        key = load_der_x509_certificate(certificate).public_key()
        said = []
        if form == "cms":
            said = decode(case, key)
            assert ("time=-" in said) == (time == "false")
        elif form == "bare":
            check(key, hash_name, signature, content)
        else:
            assert key.recover_data_from_signature(signature, padding.PKCS1v15(), None) == content
        print("\t".join([name, *said]))


main(sys.argv[1])
