//! Where a certificate says that it can be asked about.

use std::sync::Arc;

use der::{Decode as _, asn1::ObjectIdentifier};
use x509_cert::ext::pkix::{
    CrlDistributionPoints,
    crl::dp::DistributionPoint,
    name::{DistributionPointName, GeneralName},
};

use crate::certificate::{Certificate, Known};

const OCSP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1");

/// Where it can be asked whether a certificate was revoked. The addresses are its authority's own
/// words; whether your server may go there is for you to say.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Sources {
    /// The authority that issued it: for an [`OcspRequest`](crate::OcspRequest).
    pub issuer: Arc<Certificate>,
    /// Addresses of lists, each point's in the certificate's own order. In GPKI the partition comes
    /// first and the complete list second.
    pub lists: Vec<String>,
    /// Addresses of deltas.
    pub deltas: Vec<String>,
    /// Addresses of OCSP responders.
    pub ocsp: Vec<String>,
}

impl Sources {
    pub(crate) fn of(certificate: &Certificate, issuer: Arc<Certificate>) -> Self {
        let extensions = &certificate.extensions;
        let access = extensions.authority_access.iter().flat_map(|list| &list.0);
        let responders = access.filter(|one| one.access_method == OCSP);
        let freshest = certificate.extension_value(Known::FRESHEST_CRL);
        let freshest = freshest.and_then(|value| CrlDistributionPoints::from_der(value).ok());
        Self {
            issuer,
            lists: addresses(&extensions.distribution_points),
            deltas: freshest
                .map(|points| addresses(&points.0))
                .unwrap_or_default(),
            ocsp: responders
                .filter_map(|one| address(&one.access_location))
                .collect(),
        }
    }
}

fn addresses(points: &[DistributionPoint]) -> Vec<String> {
    let names = points
        .iter()
        .filter_map(|point| match &point.distribution_point {
            Some(DistributionPointName::FullName(names)) => Some(names),
            _ => None,
        });
    names.flatten().filter_map(address).collect()
}

fn address(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::UniformResourceIdentifier(uri) => {
            let uri = uri.as_str();
            (uri.starts_with("http://") || uri.starts_with("https://")).then(|| uri.to_owned())
        }
        _ => None,
    }
}
