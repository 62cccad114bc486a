//! Why a chain does not hold.

use std::{fmt, time::SystemTime};

use der::asn1::ObjectIdentifier;

use crate::revocation::RevocationFault;

/// Why a chain does not hold: the first rule that failed, on the path that came furthest.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{place}: {fault}")]
pub struct ChainRefusal {
    /// Which certificate.
    pub place: Place,
    /// What is wrong with it.
    pub fault: ChainFault,
}

/// A certificate's place in its chain.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Place {
    /// The trust anchor.
    Anchor,
    /// An authority, counted from the anchor: 1 is the first below it.
    Authority(usize),
    /// The certificate that the chain is about.
    Leaf,
}

/// What is wrong with a certificate where it stands.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainFault {
    /// Nobody who is trusted issued it.
    #[error("no trusted authority issued it")]
    IssuerUnknown,
    /// More ways to try, or more names to compare, than an honest chain has.
    #[error("there are too many ways to check it")]
    TooMuchWork,
    /// Not of version 3, the only one in which a certificate can say what it is for.
    #[error("it is of X.509 version {version}")]
    Version {
        /// 1 or 2; or a number that there is not.
        version: u8,
    },
    /// An algorithm that does not count, with this kind and size of key.
    #[error("its signature is of an algorithm that does not count")]
    Algorithm,
    /// SHA-1, and nobody has allowed it for this issuer.
    #[error("its signature is over a SHA-1")]
    Sha1,
    /// Its issuer did not sign it.
    #[error("its issuer did not sign it")]
    Signature,
    /// Its validity begins later.
    #[error("it is not valid yet")]
    NotYetValid {
        /// Its first valid second.
        not_before: SystemTime,
    },
    /// Its validity is over.
    #[error("it has expired")]
    Expired {
        /// Its last valid second.
        not_after: SystemTime,
    },
    /// A critical extension whose meaning we do not apply.
    #[error("critical extension {oid} is not understood")]
    ExtensionNotUnderstood {
        /// Which.
        oid: ObjectIdentifier,
    },
    /// An extension that may not be as it is, or is missing.
    #[error("extension {oid} is not as it has to be")]
    Extension {
        /// Which.
        oid: ObjectIdentifier,
    },
    /// It may not issue certificates (basicConstraints).
    #[error("it is not an authority's")]
    NotAnAuthority,
    /// It may issue certificates, and is used as somebody's own.
    #[error("it is an authority's, not a person's")]
    Authority,
    /// More authorities below another than that one allows.
    #[error("there are too many authorities above it")]
    PathLength,
    /// Its key may not be used for this (keyUsage).
    #[error("its keyUsage does not allow it")]
    KeyUsage,
    /// It is for other purposes (extendedKeyUsage).
    #[error("its extendedKeyUsage does not allow it")]
    ExtendedKeyUsage,
    /// Its key is too short, or of a kind that does not count.
    #[error("its key is too weak or of a kind that does not count")]
    Key,
    /// A name in it lies outside what an authority above it may name.
    #[error("an authority above it may not name {name}")]
    NameConstraint {
        /// Of what kind the name is.
        name: NameKind,
    },
    /// It is of no policy that counts, and one is required.
    #[error("it is of no policy that counts")]
    Policy,
    /// A policy that is not taken here.
    #[error("policy {oid} is not taken")]
    PolicyRefused {
        /// Which.
        oid: ObjectIdentifier,
    },
    /// It is one of `chop simulate`: a card of nobody, made to try a site with.
    #[error("it is a simulated card's")]
    Simulated,
    /// A mapping from or to anyPolicy, which there may not be.
    #[error("it maps anyPolicy")]
    PolicyMapping,
    /// Its subject is empty where it may not be.
    #[error("it names nobody")]
    SubjectEmpty,
    /// Its serial number is not a positive one of at most 20 bytes.
    #[error("its serial number is not one")]
    SerialNumber,
    /// It is not for the name that was asked for.
    #[error("it is for another name")]
    Name,
    /// It was revoked, or nobody can say.
    #[error(transparent)]
    Revocation(RevocationFault),
}

/// Kinds of names that constraints are about.
///
/// Spec: RFC 5280 §4.2.1.6.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum NameKind {
    /// dNSName.
    Dns,
    /// rfc822Name, or an e-mail address in the subject.
    Email,
    /// uniformResourceIdentifier.
    Uri,
    /// iPAddress.
    Ip,
    /// directoryName, the subject included.
    Directory,
    /// Another, whose constraints are not understood and therefore refuse.
    Other,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anchor => f.write_str("the trust anchor"),
            Self::Authority(number) => write!(f, "authority {number} below the anchor"),
            Self::Leaf => f.write_str("the certificate"),
        }
    }
}

impl fmt::Display for NameKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dns => "its DNS name",
            Self::Email => "its e-mail address",
            Self::Uri => "its URI",
            Self::Ip => "its IP address",
            Self::Directory => "its subject",
            Self::Other => "a name of its kind",
        })
    }
}
