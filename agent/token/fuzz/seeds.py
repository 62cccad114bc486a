#!/usr/bin/env python3
"""Makes the corpora anew: small files, each named for what is odd about it. Needs openssl.

No key is kept in them: where a file has one, its bytes are overwritten.
"""

import pathlib
import shutil
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent / "corpus"


def put(target, name, data):
    folder = HERE / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def atr():
    for name, answer in {
        "citizen": "3B B8 13 00 81 31 FA 52 43 48 54 4D 4F 49 43 41 A5",
        "gpki": "3B D8 96 00 81 B1 FE 45 1F 07 43 48 54 47 50 4B 49 4A DD",
        "contactless": "3B 8B 80 01 00 31 C1 64 08 40 21 30 00 90 00 57",
        "storage": "3B 8F 80 01 80 4F 0C A0 00 00 03 06 03 00 01 00 00 00 00 6A",
        "yubikey": "3B FD 13 00 00 81 31 FE 15 80 73 C0 21 C0 57 59 75 62 69 4B 65 79 40",
        "inverse": "3F 02 14 50",
        "announces_for_ever": "3B F0" + " FF FF FF FF" * 8,
        "more_historical_bytes_than_there_are": "3B 0F 01",
    }.items():
        put("atr", name, bytes.fromhex(answer))


def tlv():
    put("tlv", "category_80", bytes.fromhex("8073C021C057597562694B6579"))
    put("tlv", "category_00_with_status", bytes.fromhex("0031C573C001400090 00".replace(" ", "")))
    put("tlv", "value_longer_than_the_rest", bytes.fromhex("805F4142"))
    put("tlv", "text_without_order", b"RCHTMOICA")
    put("tlv", "status_alone", bytes.fromhex("009000"))


def certificates(folder):
    made = {
        "p256": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
        "rsa": ["rsa:2048"],
        "ed25519": ["ed25519"],
    }
    for name, key in made.items():
        openssl(
            "req", "-x509", "-nodes", "-utf8", "-days", "30", "-newkey", *key,
            "-subj", "/C=TW/O=行政院/OU=工商憑證管理中心/CN=王小明",
            "-addext", "keyUsage=critical,digitalSignature,keyEncipherment",
            "-addext", "extendedKeyUsage=clientAuth",
            "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem",
        )
        openssl("x509", "-in", folder / f"{name}.pem", "-outform", "DER", "-out", folder / f"{name}.der")
        der = (folder / f"{name}.der").read_bytes()
        put("certificate", name, der)
        put("certificate", f"{name}_as_attributes", bytes([4]) + b"idlb" + der)
    put("certificate", "nested_2000_deep", bytes.fromhex("3080") * 2000)
    put("certificate", "length_beyond_the_end", bytes.fromhex("3084FFFFFFFF"))


def pkcs12(folder):
    for name, options in {
        "hidden_certificates": [],
        "open_certificates": ["-certpbe", "NONE", "-keypbe", "NONE"],
        "no_mac": ["-nomac", "-certpbe", "NONE", "-keypbe", "NONE"],
    }.items():
        out = folder / "card.p12"
        openssl(
            "pkcs12", "-export", "-passout", "pass:", "-iter", "1", "-name", "公司章",
            "-inkey", folder / "p256.key", "-in", folder / "p256.pem", "-out", out, *options,
        )
        data = bytearray(out.read_bytes())
        openssl("pkcs8", "-topk8", "-nocrypt", "-in", folder / "p256.key", "-outform", "DER", "-out", folder / "key.der")
        key = (folder / "key.der").read_bytes()
        at = bytes(data).find(key)
        if at >= 0:
            data[at + 36 : at + 68] = bytes(32)
        else:
            # Encrypted under an empty password: what is encrypted is spoiled instead.
            at = bytes(data).rfind(bytes.fromhex("0410"))
            data[-200:-120] = bytes(80)
        put("pkcs12", name, bytes(data))
    openssl(
        "pkcs12", "-export", "-passout", "pass:", "-iter", "1", "-nokeys",
        "-in", folder / "p256.pem", "-out", folder / "nokeys.p12",
    )
    put("pkcs12", "no_keys", (folder / "nokeys.p12").read_bytes())


def text():
    put("text", "chinese", "王小明".encode())
    put("text", "turned_and_hidden", "a\u202eb\u200bc\u0007".encode())
    put("text", "bmp", "印鑑".encode("utf-16-be"))
    put("text", "cut_character", b"\xe7\x8e")
    put("text", "registration", b"module: a.so\npriority: 1\nx-init-reserved: configDir='x: y'\n")


def frames():
    def frame(kind, payload):
        return len(payload).to_bytes(4, "little") + bytes([kind]) + payload

    put("frame", "list", frame(0, bytes([0, 0])))
    put("frame", "list_unchanged", frame(0, bytes([0, 2, 1, 0x80, 1])))
    put("frame", "secret_after_message", frame(0, bytes([3, 0])) + frame(1, b"123456"))
    put("frame", "failed", frame(0, bytes([7, 0])))
    put("frame", "signature", frame(0, bytes([1, 64]) + bytes(64)))
    put("frame", "unusable", frame(0, bytes([8, 0])))
    put("frame", "length_beyond_the_bound", b"\xff\xff\xff\xff\0")
    put("frame", "count_beyond_the_end", frame(0, bytes([0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F])))


def libraries():
    elf = b"\x7fELF\x02\x01" + bytes(12) + bytes([62, 0]) + bytes(44)
    pe = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + bytes([0x64, 0x86])
    put("library", "elf", elf)
    put("library", "elf_of_32_bits", elf[:4] + b"\x01" + elf[5:18] + b"\x03" + elf[19:])
    put("library", "pe", pe)
    put("library", "pe_header_beyond_the_end", pe[:60] + b"\xff\xff\xff\xff")
    put("library", "mach_o", bytes.fromhex("cffaedfe") + bytes(60))


def main():
    shutil.rmtree(HERE, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        atr()
        tlv()
        certificates(folder)
        pkcs12(folder)
        text()
        frames()
        libraries()


main()
