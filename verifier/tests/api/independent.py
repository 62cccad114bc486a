"""Verifies an assertion with pyca/cryptography alone, by the format's own words.

Arguments: a JSON file with `assertion`, `authority` (PEM), `origin`, `challenge`. Exit 0: it holds.

Spec: Web eID authentication token format, version 1.0.
"""

import base64
import json
import sys

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

HASHES = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}


def hashed(kind, text):
    digest = hashes.Hash(kind())
    digest.update(text.encode())
    return digest.finalize()


def check(key, signature, message, kind, scheme):
    """`scheme`: RS, PS or ES of JWA; a certificate's own ECDSA signature is `DER`."""
    if scheme == "RS":
        key.verify(signature, message, padding.PKCS1v15(), kind())
    elif scheme == "PS":
        key.verify(signature, message, padding.PSS(padding.MGF1(kind()), kind.digest_size), kind())
    else:
        if scheme == "ES":
            half = len(signature) // 2
            r, s = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
            signature = utils.encode_dss_signature(r, s)
        key.verify(signature, message, ec.ECDSA(kind()))


def main(question):
    assertion = json.loads(question["assertion"])
    assert assertion["format"].split(".")[0] == "web-eid:1", assertion["format"]
    certificate = x509.load_der_x509_certificate(base64.b64decode(assertion["unverifiedCertificate"]))
    authority = x509.load_pem_x509_certificate(question["authority"].encode())
    assert certificate.issuer == authority.subject
    assert certificate.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature
    rsa = not isinstance(authority.public_key(), ec.EllipticCurvePublicKey)
    check(
        authority.public_key(),
        certificate.signature,
        certificate.tbs_certificate_bytes,
        type(certificate.signature_hash_algorithm),
        "RS" if rsa else "DER",
    )
    scheme, kind = assertion["algorithm"][:2], HASHES[assertion["algorithm"][2:]]
    message = hashed(kind, question["origin"]) + hashed(kind, question["challenge"])
    check(certificate.public_key(), base64.b64decode(assertion["signature"]), message, kind, scheme)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        try:
            main(json.load(file))
        except InvalidSignature:
            sys.exit("the signature does not hold")
