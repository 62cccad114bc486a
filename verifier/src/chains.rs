//! Paths with the verdict on the authorities kept, never the one on whoever signs.
//!
//! What holds for an authority holds until a certificate or a piece of evidence begins or ends to
//! count. Between two such moments its paths are checked once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use crate::{
    Anchors,
    certificate::Certificate,
    moment::Moment,
    path::{
        Budget, ChainRefusal, Circumstances, Found, Furthest, ISSUER_UNKNOWN, PathRules, Place,
        Search, State,
    },
    revocation::Evidence,
};

/// Paths to one authority that are kept; whoever has more is looked at anew each time.
const MOST_KEPT: usize = 8;

/// Rules, and what was found by them.
#[derive(Debug)]
pub(crate) struct Chains {
    pub(crate) rules: PathRules,
    kept: RwLock<Option<Arc<Kept>>>,
}

/// What holds from one moment to another.
#[derive(Debug)]
struct Kept {
    from: Moment,
    /// The first moment at which something else may hold.
    until: Moment,
    /// By the address of the authority among the anchors, which stay where they are.
    authorities: Mutex<HashMap<usize, Arc<Authority>>>,
}

/// The paths to an authority that hold, and why others did not.
#[derive(Debug)]
struct Authority {
    states: Vec<State>,
    refusal: Option<ChainRefusal>,
}

/// What a check is made with.
#[derive(Clone, Copy)]
pub(crate) struct Given<'a> {
    pub(crate) anchors: &'a Anchors,
    pub(crate) evidence: &'a Evidence,
    /// Evidence for this one check.
    pub(crate) own_evidence: &'a Evidence,
    /// Certificates that came with what is checked.
    pub(crate) extra: &'a [Arc<Certificate>],
    pub(crate) now: Moment,
    /// What is left for everything that came together.
    pub(crate) budget: &'a Budget,
}

impl Chains {
    pub(crate) fn new(rules: PathRules) -> Self {
        Self {
            rules,
            kept: RwLock::default(),
        }
    }

    /// Forgets what was found: something that it rests on has changed.
    pub(crate) fn forget(&mut self) {
        self.kept = RwLock::default();
    }

    /// The first path of `leaf` that holds.
    pub(crate) fn check(
        &self,
        leaf: &Certificate,
        given: Given<'_>,
    ) -> Result<Found, ChainRefusal> {
        let at = Circumstances {
            now: given.now,
            rules: &self.rules,
        };
        let both = [given.evidence, given.own_evidence];
        let search = Search::new(given.anchors, given.extra, at, both, given.budget);
        // Evidence of its own may speak of authorities, too: then nothing is known beforehand.
        let kept = if given.own_evidence.is_empty() {
            self.check_kept(&search, leaf, given)
        } else {
            None
        };
        kept.unwrap_or_else(|| search.run(leaf))
    }

    /// By the paths that are kept; `None` if they cannot decide it.
    fn check_kept(
        &self,
        search: &Search<'_>,
        leaf: &Certificate,
        given: Given<'_>,
    ) -> Option<Result<Found, ChainRefusal>> {
        let mut furthest = Furthest::default();
        let kept = self.kept_at(given);
        let mut all = true;
        let issuers = given.anchors.certificates();
        for issuer in issuers.filter(|issuer| leaf.names_as_issuer(issuer)) {
            let authority = self.authority(&kept, issuer, given);
            all &= authority.states.len() < MOST_KEPT;
            for state in &authority.states {
                match search.finish(state, leaf) {
                    Ok(found) => return Some(Ok(found)),
                    Err(fault) => {
                        furthest.note_step(Place::Leaf, fault, leaf, state.issuer());
                    }
                }
            }
            if let Some(refusal) = &authority.refusal {
                furthest.note(refusal.place, refusal.fault.clone());
            }
        }
        let refused = || Err(furthest.into_refusal().unwrap_or(ISSUER_UNKNOWN));
        (all && given.extra.is_empty()).then(refused)
    }

    fn kept_at(&self, given: Given<'_>) -> Arc<Kept> {
        let fits = |kept: &Arc<Kept>| kept.from <= given.now && given.now < kept.until;
        let known = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = known.as_ref().filter(|kept| fits(kept)) {
            return kept.clone();
        }
        drop(known);
        let (mut from, mut until) = (Moment::MIN, Moment::MAX);
        for moment in self.moments(given) {
            if moment <= given.now {
                from = from.max(moment);
            } else {
                until = until.min(moment);
            }
        }
        let kept = Arc::new(Kept {
            from,
            until,
            authorities: Mutex::default(),
        });
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = Some(kept.clone());
        kept
    }

    /// Every moment at which a verdict on an authority may change.
    fn moments(&self, given: Given<'_>) -> Vec<Moment> {
        let second = std::time::Duration::from_secs(1);
        let stale = self
            .rules
            .revocation
            .map(|rules| rules.stale)
            .unwrap_or_default();
        let certificates = given.anchors.certificates().flat_map(|one| {
            let validity = one.validity();
            [validity.not_before, validity.not_after.plus(second)]
        });
        let evidence = given.evidence.moments().flat_map(|moment| {
            let end = moment.plus(stale);
            [moment, moment.plus(second), end, end.plus(second)]
        });
        certificates.chain(evidence).collect()
    }

    /// Found once; two that look at the same time find the same.
    fn authority(
        &self,
        kept: &Kept,
        authority: &Arc<Certificate>,
        given: Given<'_>,
    ) -> Arc<Authority> {
        let place = Arc::as_ptr(authority).addr();
        let known = || {
            kept.authorities
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(found) = known().get(&place) {
            return found.clone();
        }
        let at = Circumstances {
            now: given.now,
            rules: &self.rules,
        };
        // Of what everybody has, without what came with this one.
        let (none, budget) = (Evidence::none(), Budget::default());
        let search = Search::new(given.anchors, &[], at, [given.evidence, &none], &budget);
        let (states, refusal) = search.paths_to(authority, MOST_KEPT);
        let found = Arc::new(Authority { states, refusal });
        known().insert(place, found.clone());
        found
    }
}
