//! One step down a path: RFC 5280 §6.1, in its own order.

use std::sync::Arc;

use crate::{
    algorithms::{self, Sha1, SignatureFault},
    certificate::Certificate,
    moment::Moment,
    path::{
        ChainFault, PathRules, Place,
        constraints::Constraints,
        policy::{Holding, Policies},
        purpose::Purpose,
    },
};

/// What is known after an authority, for whatever comes below it.
///
/// Spec: RFC 5280 §6.1.2.
#[derive(Clone, Debug)]
pub(crate) struct State {
    anchor: Arc<Certificate>,
    /// The authorities below the anchor.
    below: Vec<Arc<Certificate>>,
    constraints: Constraints,
    policies: Policies,
    /// How many more authorities there may be; `None` for any number.
    length: Option<u32>,
}

/// A whole path that holds.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    pub(crate) anchor: Arc<Certificate>,
    /// Those between the anchor and the certificate, the one below the anchor first.
    pub(crate) authorities: Vec<Arc<Certificate>>,
    pub(crate) policies: Holding,
}

/// The moment and the rules of one check.
#[derive(Clone, Copy)]
pub(crate) struct Circumstances<'a> {
    pub(crate) now: Moment,
    pub(crate) rules: &'a PathRules,
}

impl State {
    /// At an anchor, which is trusted with what its certificate says of itself: its validity, its
    /// path length and its name constraints. The standard leaves them to whoever trusts it
    /// (RFC 5280 §6.2, RFC 5937); its signature and its policies are not looked at.
    pub(crate) fn at_anchor(
        anchor: &Arc<Certificate>,
        at: Circumstances<'_>,
    ) -> Result<Self, ChainFault> {
        check_form(anchor)?;
        check_validity(anchor, at.now)?;
        check_authority(anchor)?;
        at.rules.profile.check_anchor(anchor)?;
        let mut constraints = Constraints::default();
        constraints.descend(anchor)?;
        Ok(Self {
            anchor: anchor.clone(),
            below: Vec::new(),
            constraints,
            policies: Policies::at_anchor(&at.rules.policies),
            length: path_length(anchor),
        })
    }

    /// The authority that issues what comes next.
    pub(crate) fn issuer(&self) -> &Arc<Certificate> {
        self.below.last().unwrap_or(&self.anchor)
    }

    pub(crate) fn anchor(&self) -> &Arc<Certificate> {
        &self.anchor
    }

    /// The place of a certificate that this state's authority issued to another authority.
    pub(crate) fn next_place(&self) -> Place {
        Place::Authority(self.below.len() + 1)
    }

    /// Down to another authority. Its signature and revocation are the caller's.
    ///
    /// Spec: RFC 5280 §6.1.3, §6.1.4.
    pub(crate) fn descend(
        &self,
        authority: &Arc<Certificate>,
        at: Circumstances<'_>,
    ) -> Result<Self, ChainFault> {
        check_form(authority)?;
        check_validity(authority, at.now)?;
        at.rules.profile.check_authority(authority)?;
        let mut next = self.clone();
        let self_issued = authority.is_self_issued();
        // §6.1.3 (b), (c)
        if !self_issued {
            next.constraints.check(authority)?;
        }
        // §6.1.3 (d)–(f), §6.1.4 (a), (b), (h)–(j)
        next.policies.enter(authority, false)?;
        next.policies.descend(authority)?;
        // §6.1.4 (g)
        next.constraints.descend(authority)?;
        // §6.1.4 (k), (n)
        check_authority(authority)?;
        at.rules.purpose.check_authority(authority)?;
        // §6.1.4 (l), (m)
        if !self_issued {
            next.length = match next.length {
                Some(0) => return Err(ChainFault::PathLength),
                left => left.map(|left| left - 1),
            };
        }
        next.length = match (next.length, path_length(authority)) {
            (Some(left), Some(own)) => Some(left.min(own)),
            (left, own) => left.or(own),
        };
        next.below.push(authority.clone());
        Ok(next)
    }

    /// Down to the last certificate, which is used for `purpose`. Its signature and revocation are
    /// the caller's.
    ///
    /// Spec: RFC 5280 §6.1.3, §6.1.5.
    pub(crate) fn finish(
        &self,
        leaf: &Certificate,
        purpose: &Purpose,
        at: Circumstances<'_>,
    ) -> Result<Path, ChainFault> {
        check_form(leaf)?;
        check_validity(leaf, at.now)?;
        purpose.check_leaf(leaf)?;
        at.rules.profile.check_leaf(leaf)?;
        // §6.1.3 (b), (c): the last one is checked even if it is self-issued.
        self.constraints.check(leaf)?;
        // §6.1.3 (d)–(f), §6.1.5 (a), (b), (g)
        let mut policies = self.policies.clone();
        policies.enter(leaf, true)?;
        let policies = policies.finish(leaf, &at.rules.policies)?;
        Ok(Path {
            anchor: self.anchor.clone(),
            authorities: self.below.clone(),
            policies,
        })
    }

    /// A signer of lists or OCSP answers that is no authority itself: on the path, but nobody's end.
    pub(crate) fn finish_signer(
        &self,
        signer: &Certificate,
        purpose: &Purpose,
        at: Circumstances<'_>,
    ) -> Result<(), ChainFault> {
        let rules = PathRules::default();
        let at = Circumstances {
            rules: &rules,
            ..at
        };
        let mut state = self.clone();
        state.policies = Policies::at_anchor(&rules.policies);
        state.finish(signer, purpose, at).map(drop)
    }
}

/// What any certificate must be, wherever it stands.
fn check_form(certificate: &Certificate) -> Result<(), ChainFault> {
    if certificate.version() != 3 {
        return Err(ChainFault::Version {
            version: certificate.version(),
        });
    }
    match certificate.extensions.not_understood() {
        Some(oid) => Err(ChainFault::ExtensionNotUnderstood { oid }),
        None => Ok(()),
    }
}

/// Its first and its last second count. Spec: RFC 5280 §6.1.3 (a) (2).
pub(crate) fn check_validity(certificate: &Certificate, now: Moment) -> Result<(), ChainFault> {
    let validity = certificate.validity();
    if now < validity.not_before {
        Err(ChainFault::NotYetValid {
            not_before: certificate.not_before(),
        })
    } else if now > validity.not_after {
        Err(ChainFault::Expired {
            not_after: certificate.not_after(),
        })
    } else {
        Ok(())
    }
}

/// Spec: RFC 5280 §6.1.4 (k), (n).
fn check_authority(certificate: &Certificate) -> Result<(), ChainFault> {
    let basic = certificate.extensions.basic_constraints.as_ref();
    if !basic.is_some_and(|basic| basic.ca) {
        return Err(ChainFault::NotAnAuthority);
    }
    if !certificate.extensions.is_authority() {
        return Err(ChainFault::KeyUsage);
    }
    Ok(())
}

fn path_length(authority: &Certificate) -> Option<u32> {
    let basic = authority.extensions.basic_constraints.as_ref()?;
    basic.length
}

/// Spec: RFC 5280 §6.1.3 (a) (1).
pub(crate) fn check_signature(
    certificate: &Certificate,
    issuer: &Certificate,
    sha1: Sha1,
) -> Result<(), ChainFault> {
    let algorithm = certificate
        .signature_algorithm()
        .ok_or(ChainFault::Algorithm)?;
    let signed = algorithms::verify(
        issuer.key(),
        algorithm,
        certificate.tbs(),
        certificate.signature(),
        sha1,
    );
    signed.map_err(|fault| match fault {
        SignatureFault::Algorithm => ChainFault::Algorithm,
        SignatureFault::Sha1 => ChainFault::Sha1,
        SignatureFault::Mismatch => ChainFault::Signature,
    })
}
