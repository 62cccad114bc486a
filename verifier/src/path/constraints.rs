//! Which names an authority may give out.
//!
//! rustls-webpki knows DNS names and addresses; the names of card certificates are directory names,
//! so all kinds are here, in one place. What is malformed, or of a kind that is not understood while
//! such a name is there, refuses.

mod matching;

use x509_cert::ext::pkix::{constraints::name::GeneralSubtree, name::GeneralName};

use crate::{
    certificate::{Certificate, Known},
    name::{EMAIL, Name, NormalName, text},
    path::{ChainFault, NameKind},
};

use matching::{Subtree, Verdict};

/// Names times subtrees that are compared for one certificate: an honest one needs a few hundred.
const MOST_COMPARISONS: usize = 250_000;

/// The constraints of all authorities so far.
///
/// Permitted subtrees of two authorities are not intersected: a name has to lie within one of each
/// authority's own, which is the same.
///
/// Spec: RFC 5280 §6.1.2 (b), (c); §6.1.4 (g).
#[derive(Clone, Debug, Default)]
pub(crate) struct Constraints {
    /// Of each authority that has any.
    permitted: Vec<Vec<Subtree>>,
    excluded: Vec<Subtree>,
}

impl Constraints {
    /// Adds those of an authority.
    pub(crate) fn descend(&mut self, authority: &Certificate) -> Result<(), ChainFault> {
        let Some(constraints) = &authority.extensions.name_constraints else {
            return Ok(());
        };
        let malformed = ChainFault::Extension {
            oid: Known::NAME_CONSTRAINTS,
        };
        let read = |list: &Option<Vec<GeneralSubtree>>| match list {
            None => Ok(Vec::new()),
            Some(list) if list.is_empty() => Err(malformed.clone()),
            Some(list) => {
                let subtrees: Option<Vec<_>> = list.iter().map(Subtree::read).collect();
                subtrees.ok_or(malformed.clone())
            }
        };
        let permitted = read(&constraints.permitted_subtrees)?;
        let excluded = read(&constraints.excluded_subtrees)?;
        if permitted.is_empty() && excluded.is_empty() {
            return Err(malformed);
        }
        if !permitted.is_empty() {
            self.permitted.push(permitted);
        }
        self.excluded.extend(excluded);
        Ok(())
    }

    /// Checks every name of a certificate.
    ///
    /// Spec: RFC 5280 §6.1.3 (b), (c); §4.2.1.10.
    pub(crate) fn check(&self, certificate: &Certificate) -> Result<(), ChainFault> {
        if self.permitted.is_empty() && self.excluded.is_empty() {
            return Ok(());
        }
        let names = names(certificate);
        let subtrees = self.permitted.iter().map(Vec::len).sum::<usize>() + self.excluded.len();
        if names.len().saturating_mul(subtrees) > MOST_COMPARISONS {
            return Err(ChainFault::TooMuchWork);
        }
        names.iter().try_for_each(|name| self.check_name(name))
    }

    fn check_name(&self, name: &Presented<'_>) -> Result<(), ChainFault> {
        let refused = ChainFault::NameConstraint { name: name.kind() };
        for subtrees in &self.permitted {
            let verdicts: Vec<_> = subtrees.iter().map(|tree| tree.permits(name)).collect();
            let of_its_kind = verdicts
                .iter()
                .any(|verdict| *verdict != Verdict::OtherKind);
            if of_its_kind && !verdicts.contains(&Verdict::Within) {
                return Err(refused);
            }
        }
        let excludes =
            |tree: &Subtree| matches!(tree.excludes(name), Verdict::Within | Verdict::Unclear);
        if self.excluded.iter().any(excludes) {
            return Err(refused);
        }
        Ok(())
    }
}

/// A name in a certificate.
pub(crate) enum Presented<'a> {
    Dns(&'a str),
    Email(String),
    Uri(&'a str),
    Ip(&'a [u8]),
    Directory(NormalName),
    /// Another kind, by what it is.
    Other(OtherKind),
}

/// Kinds of names whose constraints are not understood.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum OtherKind {
    OtherName,
    EdiParty,
    RegisteredId,
}

impl Presented<'_> {
    fn kind(&self) -> NameKind {
        match self {
            Self::Dns(_) => NameKind::Dns,
            Self::Email(_) => NameKind::Email,
            Self::Uri(_) => NameKind::Uri,
            Self::Ip(_) => NameKind::Ip,
            Self::Directory(_) => NameKind::Directory,
            Self::Other(_) => NameKind::Other,
        }
    }
}

/// The subject, e-mail addresses in it, and the alternative names.
fn names(certificate: &Certificate) -> Vec<Presented<'_>> {
    let subject = certificate.subject_name();
    let mut names = Vec::new();
    if !subject.is_empty() {
        names.push(Presented::Directory(certificate.normal_subject().clone()));
    }
    let emails = subject.attributes().filter(|pair| pair.oid == EMAIL);
    names.extend(emails.map(|pair| Presented::Email(text(pair.value).unwrap_or_default())));
    names.extend(certificate.extensions.names().iter().map(presented));
    names
}

fn presented(name: &GeneralName) -> Presented<'_> {
    match name {
        GeneralName::DnsName(name) => Presented::Dns(name.as_ref()),
        GeneralName::Rfc822Name(name) => Presented::Email(name.as_str().to_owned()),
        GeneralName::UniformResourceIdentifier(uri) => Presented::Uri(uri.as_ref()),
        GeneralName::IpAddress(bytes) => Presented::Ip(bytes.as_bytes()),
        GeneralName::DirectoryName(name) => {
            use der::Encode as _;
            let der = name.to_der().unwrap_or_default();
            Presented::Directory(Name(&der).normal())
        }
        GeneralName::OtherName(_) => Presented::Other(OtherKind::OtherName),
        GeneralName::EdiPartyName(_) => Presented::Other(OtherKind::EdiParty),
        GeneralName::RegisteredId(_) => Presented::Other(OtherKind::RegisteredId),
    }
}
