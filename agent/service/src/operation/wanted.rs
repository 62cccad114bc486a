//! Which certificates a request and the machine's policy allow.

use chop_protocol::Wanted;
use chop_token::{Certificate, Inventory, Signer, Use};

use super::fingerprint;

/// No chain on a card is longer.
const LONGEST_CHAIN: usize = 8;

/// What may be offered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filter<'a> {
    /// What the site wants.
    pub(crate) wanted: &'a Wanted,
    /// Issuers that the machine's policy allows, by the names that windows show; empty for all.
    pub(crate) issuers: &'a [String],
}

impl Filter<'_> {
    /// The keys that fit a use and pass. A file that hides its certificates passes: what it holds
    /// is looked at when it is open.
    pub(crate) fn signers(&self, inventory: &Inventory, wanted: Use) -> Vec<Signer> {
        let mut signers = inventory.signers(wanted);
        signers.retain(|signer| {
            let token = inventory.token(&signer.key.token);
            let beside = token.map_or(&[][..], |token| &token.certificates);
            let certificate = signer.certificate.as_ref();
            certificate.is_none_or(|certificate| self.passes(certificate, beside))
        });
        signers
    }

    /// Whether every certificate passes.
    pub(crate) fn takes_all(&self) -> bool {
        let Wanted {
            issuers,
            certificate,
        } = self.wanted;
        self.issuers.is_empty() && issuers.is_empty() && certificate.is_none()
    }

    /// Whether a certificate passes; `beside` are the others of its token.
    pub(crate) fn passes(&self, certificate: &Certificate, beside: &[Certificate]) -> bool {
        let by_policy = self.issuers.is_empty() || self.issuers.contains(&certificate.issuer);
        let one = self.wanted.certificate;
        let by_hash = one.is_none_or(|hash| hash.0 == fingerprint(certificate));
        by_policy && by_hash && self.comes_from_a_wanted_issuer(certificate, beside)
    }

    fn comes_from_a_wanted_issuer(&self, leaf: &Certificate, beside: &[Certificate]) -> bool {
        let issuers = &self.wanted.issuers;
        if issuers.is_empty() {
            return true;
        }
        let mut name = &leaf.issuer_name;
        for _ in 0..LONGEST_CHAIN {
            if issuers.contains(name) {
                return true;
            }
            let authority = |it: &&Certificate| it.subject_name == *name;
            match beside.iter().find(authority) {
                Some(authority) => name = &authority.issuer_name,
                None => return false,
            }
        }
        false
    }
}
