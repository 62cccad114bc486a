//! Certificate revocation lists.

mod file;
mod head;

use std::{
    borrow::Cow,
    collections::HashMap,
    fmt, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use der::{Decode as _, Reader as _, SliceReader, asn1::ObjectIdentifier};
use x509_cert::ext::pkix::{IssuingDistributionPoint, crl::dp::DistributionPoint};

use super::{
    scope,
    table::{Builder, Key, Revoked, Table},
};
use crate::{
    Anchors,
    algorithms::{self, Sha1},
    asn1::{
        Signed, contents,
        crl::{Entry, TbsCertList},
    },
    certificate::{Certificate, sha256},
    name::{Name, NormalName},
    path::by_uris,
};

pub(super) use head::Head;

/// A certificate revocation list whose signature was checked.
///
/// It is complete, for one issuing distribution point, or a delta; whether it counts for a
/// certificate is decided when one is checked. Its entries lie in memory, or in an index file that
/// is read a kilobyte at a time.
pub struct Crl {
    pub(super) head: Head,
    pub(super) table: Table,
}

/// Why bytes are not a list that can be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CrlError {
    /// Not a list in DER, or one that breaks the rules of its own version.
    #[error("it is not a certificate revocation list in DER")]
    Der,
    /// A critical extension, of the list or of an entry, whose meaning we do not apply.
    #[error("critical extension {oid} is not understood")]
    ExtensionNotUnderstood {
        /// Which.
        oid: ObjectIdentifier,
    },
    /// Nobody among the authorities given is named as its issuer and may sign lists.
    #[error("no authority given is its issuer")]
    IssuerUnknown,
    /// None of those who could have signed it did.
    #[error("its issuer did not sign it")]
    Signature,
    /// The index could not be written or read.
    #[error("its index cannot be used")]
    File(#[source] io::Error),
    /// The index is not one of ours, not of this version, or was altered.
    #[error("its index is damaged or of another version")]
    Index,
}

impl Crl {
    /// Reads a list and keeps its entries in memory: about 30 bytes each.
    ///
    /// `authorities` are those who may have signed it. Which of them count is decided again when a
    /// certificate is checked.
    ///
    /// # Errors
    /// [`CrlError`], but for its `File` and `Index`.
    ///
    /// Spec: RFC 5280 §5.
    pub fn from_der(der: &[u8], authorities: &Anchors) -> Result<Self, CrlError> {
        let list = List::read(der)?;
        let signed_by = list.signer(authorities)?;
        let mut builder = Builder::in_memory();
        let entries = list.entries_into(&mut builder)?;
        let head = list.head(der, signed_by, entries)?;
        let table = builder.finish();
        Ok(Self { head, table })
    }

    /// Reads a list and writes its entries, sorted, to `path`: an index that [`Self::open`] opens in
    /// milliseconds. Beside the list itself this takes a few megabytes of memory.
    ///
    /// The file is moved into place when it is whole; an older one is replaced, and whoever has that
    /// one open can go on with it.
    ///
    /// # Errors
    /// [`CrlError`], but for its `Index`.
    pub fn index(der: &[u8], authorities: &Anchors, path: &Path) -> Result<Self, CrlError> {
        let list = List::read(der)?;
        let signed_by = list.signer(authorities)?;
        let mut builder = Builder::with_scratch(scratch(path)).map_err(CrlError::File)?;
        let entries = list.entries_into(&mut builder)?;
        let head = list.head(der, signed_by, entries)?;
        file::write(path, &head, builder)?;
        Self::open(path)
    }

    /// Opens an index that [`Self::index`] wrote. The list's signature is not checked again: the
    /// file is the server's own, like its database.
    ///
    /// # Errors
    /// [`CrlError::File`], [`CrlError::Index`].
    pub fn open(path: &Path) -> Result<Self, CrlError> {
        file::open(path)
    }

    /// When it was made.
    #[must_use]
    pub fn this_update(&self) -> SystemTime {
        self.head.this_update.to_system_time()
    }

    /// When the next one is due at the latest; `None` if it does not say, and then it never counts.
    #[must_use]
    pub fn next_update(&self) -> Option<SystemTime> {
        self.head
            .next_update
            .map(crate::moment::Moment::to_system_time)
    }

    /// Whose list it is, such as `C=TW, O=行政院, OU=工商憑證管理中心`.
    #[must_use]
    pub fn issuer(&self) -> String {
        self.head.issuer_text()
    }

    /// Whether both are editions of one list: from one issuer, for the same certificates, and both whole
    /// or both deltas. Authorities that part their lists sign all parts with one name.
    #[must_use]
    pub fn is_edition_of(&self, other: &Self) -> bool {
        self.issuer() == other.issuer()
            && self.is_delta() == other.is_delta()
            && self.head.point == other.head.point
    }

    /// Whether it is a delta, which counts only together with its base.
    #[must_use]
    pub fn is_delta(&self) -> bool {
        self.head.base.is_some()
    }

    /// How many certificates are in it.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.table.count()
    }

    /// The SHA-256 of the list it was made from, by which two indexes can be told apart.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        self.head.fingerprint
    }

    /// Whether this certificate is on it. What follows from that, and whether the list counts at all,
    /// is decided when the certificate is checked.
    ///
    /// # Errors
    /// When its index cannot be read.
    pub fn names(&self, certificate: &Certificate) -> io::Result<bool> {
        let found = self.find(certificate.normal_issuer(), certificate.serial_bytes())?;
        Ok(found.is_some())
    }

    /// Whether it speaks of this certificate for every reason there is, by its issuer, its point and its
    /// kinds: from it alone can it be known whether it was revoked. Whether it
    /// counts at this moment is not asked.
    #[must_use]
    pub fn is_for(&self, certificate: &Certificate) -> bool {
        let all = |point: Cow<'_, DistributionPoint>| {
            let reasons = scope::covers(&self.head, &point, certificate);
            reasons == Some(scope::all_reasons())
        };
        !self.is_delta() && scope::points(certificate).any(all)
    }

    /// As the web's PKI wants lists: with a number, no certificate in it twice, not for other issuers,
    /// and at a point that URIs name.
    ///
    /// Spec: CA/Browser Forum, TLS Baseline Requirements §7.2, §7.2.2.1.
    pub(super) fn is_for_the_web(&self) -> bool {
        let plain = |point: &IssuingDistributionPoint| {
            !point.indirect_crl && point.distribution_point.as_ref().is_none_or(by_uris)
        };
        self.head.number.is_some()
            && self.head.entries == self.table.count()
            && self.head.point.as_ref().is_none_or(plain)
    }

    /// What it says of a certificate of `issuer`; `None` if nothing.
    ///
    /// # Errors
    /// When its index cannot be read.
    pub(super) fn find(&self, issuer: &NormalName, serial: &[u8]) -> io::Result<Option<Revoked>> {
        let issuers = self.head.issuers.iter();
        match issuers.zip(0u16..).find(|(name, _)| *name == issuer) {
            Some((_, issuer)) => self.table.find(Key { issuer, serial }),
            None => Ok(None),
        }
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crl")
            .field("issuer", &self.issuer())
            .field("entries", &self.entries())
            .finish_non_exhaustive()
    }
}

/// A scratch file's name beside `path`: no two of one process are the same.
fn scratch(path: &Path) -> PathBuf {
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}-{number}.tmp", std::process::id()));
    name.into()
}

/// A list as it was read, before anything is made of it.
struct List<'a> {
    signed: Signed<'a>,
    tbs: TbsCertList<'a>,
}

impl<'a> List<'a> {
    fn read(der: &'a [u8]) -> Result<Self, CrlError> {
        let unreadable = |_| CrlError::Der;
        let signed = Signed::from_der(der).map_err(unreadable)?;
        let tbs = TbsCertList::from_der(signed.body.0).map_err(unreadable)?;
        crate::name::check(tbs.issuer.0).map_err(unreadable)?;
        // Version 2, or version 1 without extensions; the algorithm is given twice.
        let version_fits = match tbs.version {
            None => tbs.extensions.is_empty(),
            Some(version) => version == 1,
        };
        if !version_fits || tbs.algorithm != signed.algorithm {
            return Err(CrlError::Der);
        }
        Ok(Self { signed, tbs })
    }

    /// The hash of the key that signed it.
    fn signer(&self, authorities: &Anchors) -> Result<[u8; 32], CrlError> {
        let issuer = Name(self.tbs.issuer.0).normal();
        let algorithm = contents(self.signed.algorithm.0).map_err(|_| CrlError::Der)?;
        let signature = self.signed.signature.as_bytes().ok_or(CrlError::Der)?;
        let mut refusal = CrlError::IssuerUnknown;
        let mut tried = Vec::new();
        for authority in authorities.certificates() {
            if *authority.normal_subject() != issuer
                || !authority.extensions.signs_lists()
                || tried.contains(&authority.key_hash())
            {
                continue;
            }
            tried.push(authority.key_hash());
            let sha1 = if authorities.sha1_counts_for(authority) {
                Sha1::Allowed
            } else {
                Sha1::Refused
            };
            let body = self.signed.body.0;
            match algorithms::verify(authority.key(), algorithm, body, signature, sha1) {
                Ok(()) => return Ok(authority.key_hash()),
                Err(_) => refusal = CrlError::Signature,
            }
        }
        Err(refusal)
    }

    fn head(
        &self,
        der: &[u8],
        signed_by: [u8; 32],
        (issuers, entries): (Vec<Vec<u8>>, u64),
    ) -> Result<Head, CrlError> {
        Head::of(&self.tbs, sha256(der), signed_by, issuers, entries)
    }

    /// Gives every entry to `builder`; gives the issuers that entries were of, the list's own first,
    /// and how many entries there were.
    fn entries_into(&self, builder: &mut Builder) -> Result<(Vec<Vec<u8>>, u64), CrlError> {
        let unreadable = |_| CrlError::Der;
        let mut issuers = Issuers::new(self.tbs.issuer.0);
        // An entry without an issuer of its own is of the same as the one before it.
        let (mut issuer, mut count) = (0, 0);
        let mut reader = SliceReader::new(self.tbs.entries).map_err(unreadable)?;
        while !reader.is_finished() {
            let entry = Entry::decode(&mut reader).map_err(unreadable)?;
            let mut reason = 0;
            if let Some(extensions) = entry.extensions {
                let said = head::entry_extensions(extensions)?;
                reason = said.reason;
                if let Some(name) = said.issuer {
                    issuer = issuers.number_of(name)?;
                }
            }
            let (date, serial) = (entry.date, entry.serial.as_bytes());
            let taken = builder
                .push(Key { issuer, serial }, Revoked { date, reason })
                .map_err(CrlError::File)?;
            if !taken {
                return Err(CrlError::Der);
            }
            count += 1;
        }
        Ok((issuers.names, count))
    }
}

/// The issuers that a list's entries are of, each with a number. However an issuer is written, in
/// another string type or letter case, it has one number alone, by which [`Crl::find`] finds all of
/// its entries.
struct Issuers {
    /// As DER, each as it was written first.
    names: Vec<Vec<u8>>,
    numbers: HashMap<NormalName, u16>,
}

impl Issuers {
    fn new(own: &[u8]) -> Self {
        Self {
            names: vec![own.to_vec()],
            numbers: HashMap::from([(Name(own).normal(), 0)]),
        }
    }

    fn number_of(&mut self, name: Vec<u8>) -> Result<u16, CrlError> {
        let normal = Name(&name).normal();
        if let Some(number) = self.numbers.get(&normal) {
            return Ok(*number);
        }
        let number = u16::try_from(self.names.len()).map_err(|_| CrlError::Der)?;
        self.names.push(name);
        self.numbers.insert(normal, number);
        Ok(number)
    }
}
