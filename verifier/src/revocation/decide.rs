//! The decision about one certificate, from lists and answers together.
//!
//! Spec: RFC 5280 §6.3.3; RFC 6960 §3.2, §4.2.2.2.

use std::time::Duration;

use x509_cert::ext::pkix::crl::dp::{DistributionPoint, ReasonFlags};

use super::{
    Crl, Evidence, Reason, Revocation, RevocationFault, Source, ocsp::Said, scope, table::Revoked,
};
use crate::{algorithms::Sha1, certificate::Certificate, moment::Moment, name::NormalName};

/// What a caller has relaxed; the default is nothing.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct RevocationRules {
    pub(crate) leaf_may_be_unknown: bool,
    pub(crate) authorities_may_be_unknown: bool,
    /// How long after their nextUpdate lists still count.
    pub(crate) stale: Duration,
    /// Lists must be as the web's PKI has them.
    pub(crate) web: bool,
}

/// What the decision needs to know of the path that the certificate stands on.
pub(crate) trait Standing {
    /// The authority that issued the certificate.
    fn issuer(&self) -> &Certificate;

    /// Somebody else than the issuer, of this name and key, may sign lists, by a path to the same
    /// anchor, and was not revoked.
    fn may_sign_lists(&self, name: &NormalName, key_hash: &[u8; 32]) -> bool;

    /// `responder`, whose certificate the issuer itself signed, may sign OCSP answers.
    fn may_sign_answers(&self, responder: &Certificate) -> bool;

    /// Whether SHA-1 counts for what the issuer signs.
    fn sha1(&self) -> Sha1;
}

/// Decides, at one moment, by one set of evidence.
#[derive(Clone, Copy)]
pub(crate) struct Judge<'a> {
    pub(crate) evidence: [&'a Evidence; 2],
    pub(crate) rules: RevocationRules,
    pub(crate) now: Moment,
}

/// Which certificates a rule is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Of {
    Leaf,
    Authority,
}

impl Judge<'_> {
    /// Whether `certificate` was revoked.
    pub(crate) fn judge(
        &self,
        certificate: &Certificate,
        standing: &impl Standing,
        of: Of,
    ) -> Result<Revocation, RevocationFault> {
        let may_be_unknown = match of {
            Of::Leaf => self.rules.leaf_may_be_unknown,
            Of::Authority => self.rules.authorities_may_be_unknown,
        };
        // A revocation is believed from whomever it comes; good news of one does not outweigh it.
        let answered = self.by_answers(certificate, standing)?;
        match (self.by_lists(certificate, standing), answered) {
            (Err(fault @ RevocationFault::Revoked { .. }), _) => Err(fault),
            (_, Some(good)) | (Ok(good), None) => Ok(good),
            (Err(_), None) if may_be_unknown => Ok(Revocation::Unknown),
            (Err(fault), None) => Err(fault),
        }
    }

    /// What OCSP answers say; `None` if none is about the certificate.
    fn by_answers(
        &self,
        certificate: &Certificate,
        standing: &impl Standing,
    ) -> Result<Option<Revocation>, RevocationFault> {
        let mut good = None;
        for answer in self.evidence.iter().flat_map(|one| &one.answers) {
            let (issuer, sha1) = (standing.issuer(), standing.sha1());
            let Some((said, signer)) = answer.read(certificate, issuer, self.now, sha1) else {
                continue;
            };
            let entitled = |signer: &Certificate| {
                standing.may_sign_answers(signer)
                    // Of a responder nobody else speaks: a list does, or it says itself that none is needed.
                    && (signer.extensions.ocsp_no_check || self.by_lists(signer, standing).is_ok())
            };
            if signer.is_some_and(|signer| !entitled(&signer)) {
                continue;
            }
            match said {
                Said::Good { as_of } => {
                    good = Some(Revocation::Good {
                        as_of: as_of.to_system_time(),
                        by: Source::Ocsp,
                    });
                }
                Said::Revoked { since, reason } => return Err(revoked(since, reason)),
                Said::Unknown => return Err(RevocationFault::NotIssued),
            }
        }
        Ok(good)
    }

    /// What lists say.
    fn by_lists(
        &self,
        certificate: &Certificate,
        standing: &impl Standing,
    ) -> Result<Revocation, RevocationFault> {
        let mut complete: Vec<&Crl> = self.lists().filter(|list| !list.is_delta()).collect();
        // The newest first: for what it covers, an older one has nothing to add.
        complete.sort_by_key(|list| std::cmp::Reverse(list.head.this_update));
        let mut search = Search {
            judge: self,
            certificate,
            standing,
            covered: ReasonFlags::default(),
            as_of: None,
            stale: None,
        };
        for point in scope::points(certificate) {
            for list in &complete {
                // Two that were made at the same moment: neither has the last word.
                if search.is_over_before(list) {
                    break;
                }
                search.look(list, &point)?;
            }
            if search.covered == scope::all_reasons() {
                return Ok(Revocation::Good {
                    as_of: search.as_of.unwrap_or(self.now).to_system_time(),
                    by: Source::List,
                });
            }
        }
        Err(match search.stale {
            Some(until) => RevocationFault::Stale {
                until: until.to_system_time(),
            },
            None => RevocationFault::Unknown,
        })
    }

    fn lists(&self) -> impl Iterator<Item = &Crl> {
        self.evidence
            .iter()
            .flat_map(|one| one.lists.iter().map(|list| &**list))
    }

    fn freshness(&self, list: &Crl) -> Freshness {
        let fits = !self.rules.web || list.is_for_the_web();
        match list.head.next_update {
            Some(_) if self.now < list.head.this_update || !fits => Freshness::Never,
            None => Freshness::Never,
            Some(next) if self.now > next.plus(self.rules.stale) => Freshness::Stale(next),
            Some(_) => Freshness::Fresh,
        }
    }
}

/// Whether a list counts now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Freshness {
    Fresh,
    /// It did, until then: what it revokes stays revoked, and it clears nobody.
    Stale(Moment),
    /// It is of the future, does not say until when it counts, or is not as the rules want it.
    Never,
}

/// A walk through the lists for one certificate.
struct Search<'a, S> {
    judge: &'a Judge<'a>,
    certificate: &'a Certificate,
    standing: &'a S,
    /// The reasons for which it was found not to be revoked.
    covered: ReasonFlags,
    /// When the oldest of the lists that say so was made.
    as_of: Option<Moment>,
    stale: Option<Moment>,
}

impl<S: Standing> Search<'_, S> {
    /// Everything is covered by lists that are newer than this one.
    fn is_over_before(&self, list: &Crl) -> bool {
        self.covered == scope::all_reasons() && self.is_older(list)
    }

    fn is_older(&self, list: &Crl) -> bool {
        self.as_of
            .is_some_and(|as_of| list.head.this_update < as_of)
    }

    /// Looks into one list, if it covers something that was not covered yet by a newer one.
    fn look(&mut self, list: &Crl, point: &DistributionPoint) -> Result<(), RevocationFault> {
        // (b), (d), (e)
        let Some(reasons) = scope::covers(&list.head, point, self.certificate) else {
            return Ok(());
        };
        if (reasons - self.covered).is_empty() && self.is_older(list) {
            return Ok(());
        }
        // (f), (g)
        let freshness = self.judge.freshness(list);
        if freshness == Freshness::Never || !self.is_signed_by_its_issuer(list) {
            return Ok(());
        }
        // (c), (i)–(k) A delta that says something has the last word.
        let deltas = self.deltas_of(list);
        let mut found = None;
        for (delta, freshness) in &deltas {
            let entry = self.find(delta)?;
            let fresh = *freshness == Freshness::Fresh;
            match entry {
                Some(entry) if entry.is_removal() => found = entry_of(fresh, entry),
                Some(entry) if fresh || delta.head.this_update > list.head.this_update => {
                    return Err(revoked(entry.date, entry.reason));
                }
                _ => {}
            }
            if fresh {
                break;
            }
        }
        let found = match found {
            Some(entry) => Some(entry),
            None => self.find(list)?,
        };
        if let Some(entry) = found.filter(|entry| !entry.is_removal()) {
            return Err(revoked(entry.date, entry.reason));
        }
        // (a), (l) An old base and a fresh delta are as good as a fresh list.
        let newest = deltas
            .iter()
            .find(|(_, freshness)| *freshness == Freshness::Fresh);
        if let (Freshness::Stale(until), None) = (freshness, newest) {
            self.stale = self.stale.max(Some(until));
            return Ok(());
        }
        let as_of = newest.map_or(list, |(delta, _)| delta).head.this_update;
        self.covered |= reasons;
        self.as_of = Some(self.as_of.map_or(as_of, |other| other.min(as_of)));
        Ok(())
    }

    fn find(&self, list: &Crl) -> Result<Option<Revoked>, RevocationFault> {
        list.find(
            self.certificate.normal_issuer(),
            self.certificate.serial_bytes(),
        )
        .map_err(|_| RevocationFault::Unreadable)
    }

    /// Its signature was checked when it was read; here it is asked whose it is.
    fn is_signed_by_its_issuer(&self, list: &Crl) -> bool {
        let (issuer, Some(name)) = (self.standing.issuer(), list.head.issuer()) else {
            return false;
        };
        let same = issuer.normal_subject() == name && issuer.key_hash() == list.head.signed_by;
        (same && issuer.extensions.signs_lists())
            || self.standing.may_sign_lists(name, &list.head.signed_by)
    }

    /// The deltas that go on from `list`, the newest first.
    fn deltas_of(&self, list: &Crl) -> Vec<(&Crl, Freshness)> {
        let Some(number) = &list.head.number else {
            return Vec::new();
        };
        let deltas = self.judge.lists().filter(|delta| {
            let head = &delta.head;
            head.base.as_ref().is_some_and(|base| base <= number)
                && head.number.as_ref().is_some_and(|own| own >= number)
                && scope::same_scope(&list.head, head)
                && self.is_signed_by_its_issuer(delta)
        });
        let mut deltas: Vec<_> = deltas
            .map(|delta| (delta, self.judge.freshness(delta)))
            .filter(|(_, freshness)| *freshness != Freshness::Never)
            .collect();
        deltas.sort_by(|(a, _), (b, _)| b.head.number.cmp(&a.head.number));
        deltas
    }
}

/// A removal counts only if it is of now.
fn entry_of(fresh: bool, entry: Revoked) -> Option<Revoked> {
    fresh.then_some(entry)
}

fn revoked(since: Moment, reason: u8) -> RevocationFault {
    RevocationFault::Revoked {
        since: since.to_system_time(),
        reason: Reason::of(reason),
    }
}
