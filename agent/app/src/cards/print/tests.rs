use chop_token::{
    Certificate, Fault, Inventory, KeyKind, Library, PinState, Reader, Readers, Source, Token,
    TokenId, Uses,
};

use super::*;

fn token(reader: Option<&str>) -> Token {
    Token {
        id: TokenId {
            source: "/lib/a.so".into(),
            slot: 1,
            serial: "0001".to_owned(),
        },
        label: "測試\u{1b}[2J卡".to_owned(),
        manufacturer: "maker".to_owned(),
        model: "model".to_owned(),
        reader: reader.map(str::to_owned),
        pin: PinState {
            tries_left: Some(3),
            locked: false,
            length: 6..=8,
            keypad: false,
        },
        certificates: vec![Certificate {
            id: vec![1],
            label: String::new(),
            der: Vec::new(),
            holder: "測試股份有限公司".to_owned(),
            issuer: "測試工商憑證管理中心".to_owned(),
            issuer_name: Vec::new(),
            subject_name: Vec::new(),
            not_before: 1_700_000_000,
            not_after: 1_800_000_000,
            key: Some(KeyKind::Rsa(2048)),
            public_key: Vec::new(),
            uses: Uses {
                sign_in: true,
                sign: true,
                decrypt: false,
            },
        }],
        hidden: false,
    }
}

fn reader(name: &str, card: Option<&[u8]>) -> Reader {
    Reader {
        name: name.to_owned(),
        card: card.map(<[u8]>::to_vec),
    }
}

fn inventory() -> Inventory {
    let good = Source {
        path: "/lib/a.so".into(),
        library: Some(Library {
            cryptoki: (2, 40),
            version: (0, 23),
            description: "A module".to_owned(),
            manufacturer: String::new(),
        }),
        fault: None,
    };
    let bad = Source {
        path: "/lib/b.so".into(),
        library: None,
        fault: Some(Fault::Crashed { signal: 11 }),
    };
    let citizens = b"\x3b\xb8\x13\x00\x81\x31\xfa\x52CHTMOICA\xa5";
    Inventory {
        settled: true,
        readers: Readers::Present(vec![
            reader("Reader A", Some(&[0x3b, 0x00])),
            reader("Reader B", None),
            reader("Reader C", Some(citizens)),
        ]),
        tokens: vec![token(Some("Reader A"))],
        sources: vec![good, bad],
    }
}

#[test]
fn people_read_what_is_in_each_reader_and_what_to_do_about_the_rest() {
    let expected = "\
讀卡機 Card readers
  Reader A
    工商憑證卡 Company certificate card
      測試\u{FFFD}[2J卡　PIN 碼剩 3 次 PIN tries left: 3
        測試股份有限公司：登入 sign-in、簽署文件 documents
          測試工商憑證管理中心, RSA 2048, 2023-11-14 – 2027-01-15
  Reader B
    沒有卡片 no card
  Reader C
    自然人憑證卡 Citizen Digital Certificate card
      → 請安裝 HiCOS 卡片管理工具（moica.nat.gov.tw 或 moeaca.nat.gov.tw），或開放的 open-gpki-pkcs11。
        Install HiCOS (moica.nat.gov.tw or moeaca.nat.gov.tw), or the open open-gpki-pkcs11.

PKCS #11 模組與憑證檔 PKCS #11 modules and files
  ✓ /lib/a.so　A module 0.23
  ✗ /lib/b.so 在它的子程序中當掉了（訊號 11）；其他卡片不受影響
    /lib/b.so crashed in its own process (signal 11); other cards are not affected
    → 請更新或重新安裝該模組，或從設定中移除。
      Update the module or install it again, or take it out of the settings.
";
    assert_eq!(text(&Shown::of(&inventory())), expected);
}

#[test]
fn programs_read_the_same_by_name() {
    let json: serde_json::Value = serde_json::from_str(&json(&Shown::of(&inventory()))).unwrap();
    assert_eq!(json["service"], "running");
    assert_eq!(json["readers"][0]["card"]["name"]["zh"], "工商憑證卡");
    assert_eq!(json["readers"][0]["card"]["atr"], "3B 00");
    let token = &json["readers"][0]["card"]["tokens"][0];
    assert_eq!(token["pin"]["tries_left"], 3);
    assert_eq!(token["certificates"][0]["uses"][1], "sign");
    assert!(json["readers"][1]["card"].is_null());
    assert_eq!(json["modules"][1]["fault"]["code"], "crashed");
}

#[test]
fn before_modules_have_answered_nobody_is_told_to_install_one() {
    let unsettled = Inventory {
        settled: false,
        ..inventory()
    };
    assert!(!text(&Shown::of(&unsettled)).contains("HiCOS"));
}

#[test]
fn what_is_in_no_reader_stands_by_itself() {
    let inventory = Inventory {
        readers: Readers::ServiceDown,
        tokens: vec![token(None)],
        ..inventory()
    };
    let text = text(&Shown::of(&inventory));
    assert!(
        text.contains("The smart card service does not run"),
        "{text}"
    );
    assert!(text.contains("→ chop doctor"), "{text}");
    assert!(text.contains("檔案與軟體金鑰"), "{text}");
}
