#!/usr/bin/env python3
"""Makes the seeds below corpus/ anew. Those of `envelope` need openssl."""

import base64
import json
import pathlib
import subprocess
import tempfile
import urllib.parse

CORPUS = pathlib.Path(__file__).parent / "corpus"


def write(target, seeds):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in seeds.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def package(**fields):
    return json.dumps({"func": "MakeSignature", "tbs": "TBS", "pin": "123456", **fields}, ensure_ascii=False)


def form(text):
    return "tbsPackage=" + urllib.parse.quote_plus(text)


def request(line, *headers, body="", host="localhost:61161"):
    lines = [f"{line} HTTP/1.1", f"Host: {host}", *headers, f"Content-Length: {len(body.encode())}"]
    return "\r\n".join(lines) + "\r\n\r\n" + body


def envelope(*options):
    with tempfile.TemporaryDirectory() as folder:
        make = "req -x509 -nodes -newkey rsa:2048 -keyout key.pem -out cert.pem -subj /CN=seed -days 1"
        subprocess.run(["openssl", *make.split()], cwd=folder, check=True, capture_output=True)
        encrypt = ["openssl", "cms", "-encrypt", "-binary", "-outform", "DER", *options, "cert.pem"]
        return subprocess.run(encrypt, cwd=folder, check=True, capture_output=True, input=b"seed").stdout


write("package", {
    "bare": package(),
    "named": "tbsPackage=" + package(),
    "form": form(package(tbs="a+b c&d")),
    "plus_encoded": package(tbs="a+b").replace("+", "%2B"),
    "percent_that_is_none": package(tbs="100% %zz %2"),
    "percent_that_breaks_json": package(tbs="say %22hi%22"),
    "json_in_json": json.dumps(package()),
    "twice_named": "tbsPackage=a&tbsPackage=" + package(),
    "absent": package(nonce="__NotExistedTag__"),
    "truths": package(withCert=True, withCardSN="TRUE", checkValidity=0),
    "nested": '{"a":' * 200 + "1" + "}" * 200,
    "no_text": b"tbsPackage={\"tbs\":\"\xff\xfe\"}",
    "lone_surrogate": '{"tbs":"\\ud800"}',
    "mark": "zqx9",
})
write("popup", {
    "cms": package(signatureType="PKCS7"),
    "cms_with_all": package(signatureType="PKCS7", nonce="zqx9", withCardSN="true", hashAlgorithm="SHA512"),
    "cms_without_all": package(signatureType="PKCS7", withCert="false", withSigningTime="false"),
    "bare": package(signatureType="PKCS1", hashAlgorithm="SHA384"),
    "login_elsewhere": package(
        signatureType="PKCS1", tbsEncoding="base64", tbs=base64.b64encode(bytes([128] * 64)).decode()
    ),
    "raw": package(signatureType="RAW", tbsEncoding="base64", tbs=base64.b64encode(bytes(32)).decode()),
    "key": package(signatureType="PKCS7", keyidb64="S0VZWA=="),
    "reader": package(slotDescription="zqx9"),
    "any_reader": package(slotDescription="Chop 0"),
    "certificates": '{"func":"GetUserCert"}',
    "environment": '{"func":"CheckEnvir"}',
    "block": json.dumps({"func": "DecryptData", "cipher": "A" * 344, "pin": "123456"}),
    "change": json.dumps({"func": "changeUserPINCode", "cardid": "TP0", "currentPIN": "123456", "newpin": "654321"}),
    "unsupported": '{"func":"writecert"}',
    "unknown": '{"func":"zqx9"}',
    "no_func": '{"cipher":"AAAA","pin":"123456"}',
})
site = "Origin: https://bank.example"
own = "Origin: http://localhost:61161"
posted = "Content-Type: application/x-www-form-urlencoded"
write("connection", {
    "root": request("GET /"),
    "popup": request("GET /popupForm?zqx9", "Sec-Fetch-Mode: navigate"),
    "image": request("GET /p11Image.bmp?1", site, "Sec-Fetch-Mode: cors"),
    "sign_of_a_site": request("POST /sign", site, posted, body=form(package(signatureType="PKCS7"))),
    "sign_of_a_program": request("POST /sign", posted, body="tbsPackage=" + package()),
    "sign_of_another_site": request("POST /sign", "Origin: https://zqx9.example", body="tbsPackage=" + package()),
    "certificates": request("POST /pkcs11info?withcert=true", site),
    "decrypt": request("POST /decrypt", site, body='tbsPackage={"cipher":"zqx9","pin":"123456"}'),
    "command": request("POST /CardManagement/sendCardCommand", site, body='tbsPackage={"cardid":"1"}'),
    "ticket": request("POST /chop/ticket", own, "Content-Type: application/json", body='{"origin":"https://a.example"}'),
    "no_ticket": request("POST /chop/popup", own, "Chop-Ticket: zqx9", body=package()),
    "preflight": request("OPTIONS /sign", site, "Access-Control-Request-Method: POST"),
    "rebinding": request("GET /pkcs11info", host="zqx9.example:61161"),
    "two_hosts": request("GET /", "Host: zqx9.example"),
    "absolute": request("GET http://zqx9.example/", host="localhost:61161"),
    "chunked": request("POST /sign", site, "Transfer-Encoding: chunked").replace("Content-Length: 0\r\n", "")
    + "3\r\ntbs\r\n0\r\n\r\n",
    "two_requests": request("GET /") + request("POST /sign", site, body="tbsPackage=" + package()),
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "http_2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
})
write("envelope", {
    "triple_des": envelope("-des3"),
    "aes": envelope("-aes256"),
    "oaep": envelope("-aes128", "-recip", "cert.pem", "-keyopt", "rsa_padding_mode:oaep"),
    "none": b"\x30\x80",
})
