//! Which certificates and reasons a list covers.

use std::borrow::Cow;

use der::Encode as _;
use x509_cert::ext::pkix::{
    crl::dp::{DistributionPoint, ReasonFlags, Reasons},
    name::{DistributionPointName, GeneralName},
};

use super::crl::Head;
use crate::{
    certificate::Certificate,
    name::{Name, NormalName},
};

/// Every reason that a list can be for.
pub(super) fn all_reasons() -> ReasonFlags {
    ReasonFlags::full() - Reasons::Unused
}

/// The points at which a certificate's revocation is published: its own, then, for lists without a
/// point, the one that every certificate has.
///
/// Spec: RFC 5280 §6.3.3, first and last paragraph.
pub(super) fn points(
    certificate: &Certificate,
) -> impl Iterator<Item = Cow<'_, DistributionPoint>> {
    let own = certificate.extensions.distribution_points.iter();
    let implied = DistributionPoint {
        distribution_point: None,
        reasons: None,
        crl_issuer: None,
    };
    own.map(Cow::Borrowed).chain([Cow::Owned(implied)])
}

/// The reasons for which `list` says whether `certificate`, published at `point`, was revoked;
/// `None` if it says nothing.
///
/// Spec: RFC 5280 §6.3.3 (b), (d).
pub(super) fn covers(
    list: &Head,
    point: &DistributionPoint,
    certificate: &Certificate,
) -> Option<ReasonFlags> {
    // (b) (1) Who may publish it.
    let issuer = list.issuer()?;
    let publishes = match &point.crl_issuer {
        Some(names) => list.is_indirect() && names.iter().any(|name| is_directory(name, issuer)),
        None => issuer == certificate.normal_issuer(),
    };
    if !publishes {
        return None;
    }
    let mut reasons = point.reasons.unwrap_or_else(all_reasons);
    if let Some(scope) = &list.point {
        // (b) (2) (i) At which point.
        if let Some(name) = &scope.distribution_point {
            let theirs = full(name, issuer);
            let ours = names(point, certificate);
            if !theirs.iter().any(|one| ours.contains(one)) {
                return None;
            }
        }
        // (b) (2) (ii)–(iv) For which kind.
        let basic = certificate.extensions.basic_constraints.as_ref();
        let is_authority = basic.is_some_and(|basic| basic.ca);
        if (scope.only_contains_user_certs && is_authority)
            || (scope.only_contains_ca_certs && !is_authority)
            || scope.only_contains_attribute_certs
        {
            return None;
        }
        // (d)
        if let Some(some) = scope.only_some_reasons {
            reasons &= some;
        }
    }
    Some(reasons & all_reasons())
}

/// A delta is for the same point and from the same issuer as its base.
///
/// Spec: RFC 5280 §6.3.3 (c).
pub(super) fn same_scope(base: &Head, delta: &Head) -> bool {
    base.issuer() == delta.issuer()
        && base.point == delta.point
        && base.authority_key == delta.authority_key
}

/// A name of a point, in the form in which they are compared.
#[derive(Debug, Eq, PartialEq)]
enum PointName {
    Directory(NormalName),
    Other(GeneralName),
}

/// The names of a certificate's point.
fn names(point: &DistributionPoint, certificate: &Certificate) -> Vec<PointName> {
    let crl_issuer = || point.crl_issuer.iter().flatten().map(point_name);
    match &point.distribution_point {
        Some(name) => {
            let issuer = crl_issuer().find_map(|name| match name {
                PointName::Directory(name) => Some(name),
                PointName::Other(_) => None,
            });
            full(name, issuer.as_ref().unwrap_or(certificate.normal_issuer()))
        }
        None if point.crl_issuer.is_some() => crl_issuer().collect(),
        None => vec![PointName::Directory(certificate.normal_issuer().clone())],
    }
}

/// All names, a relative one below `issuer`.
fn full(name: &DistributionPointName, issuer: &NormalName) -> Vec<PointName> {
    match name {
        DistributionPointName::FullName(names) => names.iter().map(point_name).collect(),
        DistributionPointName::NameRelativeToCRLIssuer(rdn) => {
            let set = rdn.to_der().unwrap_or_default();
            let below = issuer.clone().below(&set);
            below.map(PointName::Directory).into_iter().collect()
        }
    }
}

fn point_name(name: &GeneralName) -> PointName {
    match name {
        GeneralName::DirectoryName(name) => {
            PointName::Directory(Name(&name.to_der().unwrap_or_default()).normal())
        }
        other => PointName::Other(other.clone()),
    }
}

fn is_directory(name: &GeneralName, expected: &NormalName) -> bool {
    matches!(point_name(name), PointName::Directory(own) if own == *expected)
}
