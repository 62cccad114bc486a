"""Makes the vectors of this folder with openssl. The keys live in a temporary folder and go with it."""

import base64
import hashlib
import json
import pathlib
import subprocess
import tempfile

ORIGIN = "https://portal.example"
CHALLENGE = base64.b64encode(bytes([7] * 32)).decode()
DAYS = "3650"
CONFIG = """
[req]
distinguished_name = name
prompt = no
utf8 = yes
string_mask = utf8only
[name]
C = TW
O = 測試機關
OU = 測試工商憑證管理中心
[authority]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[leaf]
keyUsage = critical, digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
certificatePolicies = 2.16.886.101.0.3.3
2.5.29.9 = ASN1:SEQUENCE:attributes
[attributes]
class = SEQUENCE:class
number = SEQUENCE:number
[class]
type = OID:2.16.886.1.100.2.1
values = SET:classes
[classes]
value = OID:2.16.886.1.100.3.2.2.1.1
[number]
type = OID:2.16.886.1.100.2.101
values = SET:numbers
[numbers]
value = UTF8:04595257
"""
KEYS = {
    "rs256": ["RSA", "rsa_keygen_bits:2048"],
    "ps256": ["RSA", "rsa_keygen_bits:3072"],
    "es256": ["EC", "ec_paramgen_curve:P-256"],
    "es384": ["EC", "ec_paramgen_curve:P-384"],
    "es512": ["EC", "ec_paramgen_curve:P-521"],
}
PSS = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:-1"]


def raw(der, width):
    """r and s of an ECDSA signature, each of fixed width."""
    at = 3 if der[1] == 0x81 else 2
    parts = b""
    for _ in range(2):
        length = der[at + 1]
        parts += der[at + 2 : at + 2 + length].lstrip(b"\0").rjust(width, b"\0")
        at += 2 + length
    return parts


def main():
    here = pathlib.Path(__file__).parent
    with tempfile.TemporaryDirectory() as folder:

        def openssl(*arguments, given=b""):
            run = subprocess.run(["openssl", *arguments], cwd=folder, input=given, stdout=subprocess.PIPE, check=True)
            return run.stdout

        def key(name, algorithm, option):
            openssl("genpkey", "-algorithm", algorithm, "-pkeyopt", option, "-out", f"{name}.key")

        (pathlib.Path(folder) / "c.cnf").write_text(CONFIG)
        key("authority", "EC", "ec_paramgen_curve:P-384")
        openssl("req", "-x509", "-config", "c.cnf", "-extensions", "authority", "-sha384", "-days", DAYS,
                "-key", "authority.key", "-out", str(here.resolve() / "authority.pem"))
        for name, kind in KEYS.items():
            key(name, *kind)
            openssl("req", "-new", "-config", "c.cnf", "-utf8", "-key", f"{name}.key", "-out", "c.csr",
                    "-subj", "/C=TW/O=測試股份有限公司/serialNumber=04595257")
            certificate = openssl("x509", "-req", "-in", "c.csr", "-CA", str(here.resolve() / "authority.pem"),
                                  "-CAkey", "authority.key", "-sha384", "-days", DAYS, "-extfile", "c.cnf",
                                  "-extensions", "leaf", "-outform", "DER")
            bits = name[2:]
            parts = [hashlib.new(f"sha{bits}", text.encode()).digest() for text in (ORIGIN, CHALLENGE)]
            pss = PSS if name.startswith("ps") else []
            signature = openssl("dgst", f"-sha{bits}", "-sign", f"{name}.key", *pss, given=b"".join(parts))
            if name.startswith("es"):
                signature = raw(signature, {"256": 32, "384": 48, "512": 66}[bits])
            token = {
                "unverifiedCertificate": base64.b64encode(certificate).decode(),
                "algorithm": name.upper(),
                "signature": base64.b64encode(signature).decode(),
                "format": "web-eid:1.0",
            }
            (here / f"{name}.json").write_text(json.dumps(token, indent=1) + "\n")


if __name__ == "__main__":
    main()
