//! The folder: what is written into it, and read from it again.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::{Context as _, Result, bail};
use chop_testpki::{Authority, Credential, Holder, Issuer, KeyKind, Pki, PrivateKey, Request, pem};
use der::Decode as _;
use p12_keystore::{KeyStore, KeyStoreEntry, PrivateKeyChain};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};

/// Of every card. Whoever has the folder has the keys of its authorities as well.
pub(crate) const PASSWORD: &str = "135790";

/// The card that is revoked from the start.
const LOST: &str = "lost";

/// The authorities: where their key, certificate and list are.
pub(crate) const AUTHORITIES: [(&str, Option<Issuer>); 5] = [
    ("root", None),
    ("companies", Some(Issuer::Companies)),
    ("citizens", Some(Issuer::Citizens)),
    ("agencies", Some(Issuer::Agencies)),
    ("organizations", Some(Issuer::Organizations)),
];

/// A folder that was made.
pub(crate) struct Folder {
    path: PathBuf,
    pki: Pki,
}

/// A card's certificate in the folder.
pub(crate) struct Card {
    /// Its file's name without `.pem`.
    pub(crate) name: String,
    /// DER.
    pub(crate) certificate: Vec<u8>,
    /// As lists have it.
    pub(crate) serial: Vec<u8>,
    /// Who issued it.
    pub(crate) issuer: Issuer,
}

impl Folder {
    /// Makes it.
    pub(crate) fn make(
        path: &Path,
        keys: KeyKind,
        listen: SocketAddr,
        now: SystemTime,
    ) -> Result<Self> {
        fs::create_dir(path).with_context(|| format!("{} cannot be made", path.display()))?;
        for below in ["keys", "cards", "lists"] {
            fs::create_dir(path.join(below))?;
        }
        let folder = Self {
            path: path.to_owned(),
            pki: Pki::with_keys(now, keys)?,
        };
        let mut between = String::new();
        for (name, issuer) in AUTHORITIES {
            let authority = folder.authority(issuer);
            let certificate = pem(authority.certificate())?;
            folder.write(&format!("keys/{name}.key"), authority.key().pem())?;
            folder.write(&format!("keys/{name}.pem"), &certificate)?;
            match issuer {
                None => folder.write("anchors.pem", certificate)?,
                Some(_) => between.push_str(&certificate),
            }
        }
        folder.write("intermediates.pem", between)?;
        folder.cards(keys, listen)?;
        folder.write("revoked.txt", format!("{LOST}\n"))?;
        folder.write_lists(now)?;
        Ok(folder)
    }

    /// Reads what [`Self::make`] wrote.
    pub(crate) fn open(path: &Path, now: SystemTime) -> Result<Self> {
        let read = |name: &str| -> Result<Credential> {
            let file = |end| path.join("keys").join(format!("{name}.{end}"));
            let read = |file: PathBuf| {
                fs::read(&file).with_context(|| {
                    format!(
                        "{} cannot be read; `new` makes such a folder",
                        file.display()
                    )
                })
            };
            let key = PrivateKeyDer::from_pem_slice(&read(file("key"))?)
                .with_context(|| format!("{name}.key"))?;
            let certificate = CertificateDer::from_pem_slice(&read(file("pem"))?)
                .with_context(|| format!("{name}.pem"))?;
            Ok(Credential {
                key: PrivateKey::from_pkcs8(key.secret_der())?,
                certificate: certificate.to_vec(),
            })
        };
        let mut issuers = Vec::new();
        for (name, issuer) in AUTHORITIES {
            if let Some(issuer) = issuer {
                issuers.push((issuer, read(name)?));
            }
        }
        Ok(Self {
            path: path.to_owned(),
            pki: Pki::of(read("root")?, issuers, now),
        })
    }

    /// Writes the list of each authority, as of `now`.
    pub(crate) fn write_lists(&self, now: SystemTime) -> Result<()> {
        for (name, _) in AUTHORITIES {
            let list = self.list(name, now)?.context("it is one of them")?;
            self.write(&format!("lists/{name}.crl"), list)?;
        }
        Ok(())
    }

    /// The list of the authority of this name, as of `now`, DER; `None` if there is no such authority.
    pub(crate) fn list(&self, name: &str, now: SystemTime) -> Result<Option<Vec<u8>>> {
        let Some((_, issuer)) = AUTHORITIES.iter().find(|(one, _)| *one == name) else {
            return Ok(None);
        };
        let Some(issuer) = issuer else {
            return Ok(Some(self.pki.authority_list(now)?));
        };
        let (cards, revoked) = (self.read_cards()?, self.revoked()?);
        let serials: Vec<_> = cards
            .iter()
            .filter(|card| card.issuer == *issuer && revoked.contains(&card.name))
            .map(|card| card.serial.as_slice())
            .collect();
        Ok(Some(self.pki.list(*issuer, &serials, now)?))
    }

    /// The certificate of every card.
    pub(crate) fn read_cards(&self) -> Result<Vec<Card>> {
        let mut cards = Vec::new();
        for entry in fs::read_dir(self.path.join("cards"))? {
            let path = entry?.path();
            if path.extension().is_none_or(|end| end != "pem") {
                continue;
            }
            let read = CertificateDer::from_pem_file(&path);
            let certificate = read.with_context(|| path.display().to_string())?.to_vec();
            let parsed = x509_cert::Certificate::from_der(&certificate)?;
            let tbs = parsed.tbs_certificate();
            let issuers = AUTHORITIES.iter().filter_map(|(_, issuer)| *issuer);
            let issuer = issuers.into_iter().find(|issuer| {
                let authority = x509_cert::Certificate::from_der(self.pki.intermediate(*issuer));
                authority.is_ok_and(|it| it.tbs_certificate().subject() == tbs.issuer())
            });
            let Some(issuer) = issuer else {
                bail!("{} is of no authority of this folder", path.display());
            };
            let name = path.file_stem().unwrap_or_default();
            cards.push(Card {
                name: name.to_string_lossy().into_owned(),
                serial: tbs.serial_number().as_bytes().to_vec(),
                certificate,
                issuer,
            });
        }
        Ok(cards)
    }

    /// The names in revoked.txt.
    pub(crate) fn revoked(&self) -> Result<Vec<String>> {
        let text = fs::read_to_string(self.path.join("revoked.txt")).context("revoked.txt")?;
        Ok(text.lines().map(|line| line.trim().to_owned()).collect())
    }

    pub(crate) fn authority(&self, issuer: Option<Issuer>) -> &Authority {
        issuer.map_or(self.pki.root_authority(), |one| self.pki.authority(one))
    }

    fn cards(&self, keys: KeyKind, listen: SocketAddr) -> Result<()> {
        let (company, other) = (Holder::company(), Holder::other_company());
        let (citizen, agency, school) =
            (Holder::citizen(), Holder::agency(), Holder::organization());
        for (name, request) in [
            ("company", Request::of(&company)),
            ("other-company", Request::of(&other)),
            ("citizen", Request::of(&citizen)),
            ("agency", Request::of(&agency)),
            ("school", Request::of(&school)),
            (LOST, Request::of(&company)),
            ("expired", Request::of(&company).expired()),
        ] {
            let issuer = request.issuer();
            let (authority, _) = AUTHORITIES
                .iter()
                .find(|(_, one)| *one == Some(issuer))
                .context("everybody has an authority")?;
            let request = request
                .lists_at(&format!("http://{listen}/{authority}.crl"))
                .ocsp_at(&format!("http://{listen}/ocsp"));
            let card = self.pki.credential(&request, keys)?;
            self.write(&format!("cards/{name}.pem"), pem(&card.certificate)?)?;
            let chain = [&card.certificate, self.pki.intermediate(issuer)];
            self.write(&format!("cards/{name}.p12"), pkcs12(&card, chain)?)?;
        }
        Ok(())
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<()> {
        let path = self.path.join(name);
        // Whoever reads a list while it is written finds the old one.
        let (new, bytes) = (path.with_extension("new"), bytes.as_ref());
        fs::write(&new, bytes)
            .and_then(|()| fs::rename(&new, &path))
            .with_context(|| format!("{} cannot be written", path.display()))
    }
}

fn pkcs12(card: &Credential, chain: [&[u8]; 2]) -> Result<Vec<u8>> {
    let certificates = chain.map(p12_keystore::Certificate::from_der);
    let certificates: Vec<_> = certificates.into_iter().collect::<Result<_, _>>()?;
    let key = p12_keystore::PrivateKey::from_der(card.key.pkcs8())?;
    let mut store = KeyStore::new();
    let entry = KeyStoreEntry::PrivateKeyChain(PrivateKeyChain::new(vec![1], key, certificates));
    store.add_entry("card", entry);
    Ok(store.writer(PASSWORD).write()?)
}
