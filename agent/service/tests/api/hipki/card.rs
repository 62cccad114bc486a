//! A card as GPKI's are: root, authority, a certificate that signs and one that decrypts.

use std::sync::{Arc, LazyLock};

use chop_service::{Decision, Event, View};
use chop_token::{Certificate, Hash, Inventory, Reader, Readers, Scheme, Token};

use crate::{
    openssl::Openssl,
    scene::{Asked, Done, Scene, token},
};

/// The card and its keys.
#[derive(Clone)]
pub(super) struct Card(Arc<Parts>);

struct Parts {
    root: Openssl,
    authority: Openssl,
    signing: Openssl,
    decrypting: Openssl,
}

pub(super) const READER: &str = "EZ100PU 讀卡機 00 00";
pub(super) const NUMBER: &str = "MT00000000000001";

const COMPANY: &str = "/C=TW/O=測試股份有限公司/serialNumber=04595257";
impl Card {
    /// With keys as for `-newkey`.
    pub(super) fn new(key: &str) -> Self {
        let ca = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n";
        let root = Openssl::root("/C=TW/O=Test Root");
        let authority =
            Openssl::issued_with(&root, "rsa:2048", "/C=TW/O=行政院/OU=工商憑證管理中心", ca);
        let leaf = |usage: &str, key: &str| {
            let extensions = format!(
                "basicConstraints=CA:FALSE\nkeyUsage=critical,{usage}\n\
                 subjectAltName=email:card@example.tw\n{}\n",
                directory()
            );
            Openssl::issued_with(&authority, key, COMPANY, &extensions)
        };
        let signing = leaf("digitalSignature", key);
        let decrypting = leaf("keyEncipherment,dataEncipherment", "rsa:2048");
        Self(Arc::new(Parts {
            root,
            authority,
            signing,
            decrypting,
        }))
    }

    /// With RSA keys. The same for all tests: they take time to make.
    pub(super) fn rsa() -> Self {
        static MADE: LazyLock<Card> = LazyLock::new(|| Card::new("rsa:2048"));
        let Parts {
            root,
            authority,
            signing,
            decrypting,
        } = &*MADE.0;
        Self(Arc::new(Parts {
            root: root.copy(),
            authority: authority.copy(),
            signing: signing.copy(),
            decrypting: decrypting.copy(),
        }))
    }

    pub(super) fn signing(&self) -> &Openssl {
        &self.0.signing
    }

    pub(super) fn decrypting(&self) -> &Openssl {
        &self.0.decrypting
    }

    /// The authorities, for openssl's `-CAfile`.
    pub(super) fn authorities(&self) -> Vec<u8> {
        [
            self.0.root.read("cert.pem"),
            self.0.authority.read("cert.pem"),
        ]
        .concat()
    }

    pub(super) fn token(&self) -> Token {
        let certificate = |made: &Openssl, label: &str, id: &str| Certificate {
            id: id.as_bytes().to_vec(),
            label: label.to_owned(),
            ..made.certificate()
        };
        let mut token = token();
        token.id.serial = NUMBER.to_owned();
        token.reader = Some(READER.to_owned());
        // Not in the order that pages want.
        token.certificates = vec![
            certificate(&self.0.signing, "cert1", "SIGN"),
            certificate(&self.0.decrypting, "cert2", "KEYX"),
            certificate(&self.0.authority, "CA Cert", "CACert"),
            certificate(&self.0.root, "ROOT CA Cert", "ROOTCACert"),
        ];
        token
    }

    pub(super) fn inventory(&self) -> Inventory {
        let reader = |name: &str, card| Reader {
            name: name.to_owned(),
            card,
        };
        Inventory {
            settled: true,
            readers: Readers::Present(vec![
                reader("Empty Reader", None),
                reader(READER, Some(vec![0x3b])),
            ]),
            tokens: vec![self.token()],
            sources: Vec::new(),
        }
    }

    /// In a reader, with a person who decides so; its keys do what they are asked.
    pub(super) fn scene(&self, decides: Option<Decision>) -> Scene {
        let card = self.clone();
        Scene::new()
            .today()
            .inventory(self.inventory())
            .person(move |view| match view {
                View::Deciding => Some(decides.map_or(Event::Closed, Event::Decided)),
                View::Ready { choices, .. } => Some(crate::scene::enter(choices[0].id)),
                _ => None,
            })
            .work(move |pin, asked| {
                assert_eq!(pin, b"123456");
                Some(Ok(card.works(&asked)))
            })
    }

    /// What the card makes of it.
    pub(super) fn works(&self, asked: &Asked<'_>) -> Done {
        match asked {
            Asked::Sign(messages) => Done::Signatures(
                messages
                    .iter()
                    .map(|it| self.signature(it.scheme, &it.message))
                    .collect(),
            ),
            Asked::Decrypt(padding, block) => Done::Key(self.0.decrypting.unwrap(*padding, block)),
            Asked::ChangePin => Done::Changed,
            Asked::Reveal => panic!("nothing is hidden"),
        }
    }

    fn signature(&self, scheme: Scheme, message: &[u8]) -> Vec<u8> {
        let name = |hash| match hash {
            Hash::Sha1 => "-sha1",
            Hash::Sha256 => "-sha256",
            Hash::Sha384 => "-sha384",
            Hash::Sha512 => "-sha512",
        };
        let key = &self.0.signing;
        match scheme {
            Scheme::Pkcs1(hash) => key.sign_with(name(hash), message),
            Scheme::Ecdsa(hash) => fixed(&key.sign_with(name(hash), message), 32),
            Scheme::Pkcs1Block => {
                key.write("block", message);
                key.run(&[
                    "pkeyutl",
                    "-sign",
                    "-inkey",
                    "key.pem",
                    "-in",
                    "block",
                    "-out",
                    "signature",
                ]);
                key.read("signature")
            }
            Scheme::Pss(_) => panic!("{scheme:?}"),
        }
    }
}

/// `Ecdsa-Sig-Value` as `r ‖ s`.
fn fixed(der: &[u8], width: usize) -> Vec<u8> {
    let r = &der[4..4 + usize::from(der[3])];
    let s = &der[4 + r.len() + 2..];
    let padded = |number: &[u8]| {
        let number = &number[number.len().saturating_sub(width)..];
        [vec![0; width - number.len()], number.to_vec()].concat()
    };
    [padded(r), padded(s)].concat()
}

/// subjectDirectoryAttributes with the 統一編號 and the card's rank, for openssl's extension file.
fn directory() -> String {
    "2.5.29.9=ASN1:SEQUENCE:attributes\n\
     [attributes]\na=SEQUENCE:number\nb=SEQUENCE:rank\n\
     [number]\na=OID:2.16.886.1.100.2.101\nb=SET:numbers\n[numbers]\na=UTF8:04595257\n\
     [rank]\na=OID:2.16.886.1.100.2.2\nb=SET:ranks\n[ranks]\na=UTF8:primary\n"
        .to_owned()
}
