//! Finds paths: from the certificate upwards, each candidate path checked from its anchor down.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    ops::ControlFlow,
    sync::Arc,
};

use crate::{
    Anchors,
    algorithms::Sha1,
    certificate::Certificate,
    path::{
        ChainFault, ChainRefusal, Circumstances, Place, SIMULATED_POLICY, State,
        standing::OnPath,
        state::{Path, check_signature},
    },
    revocation::{Evidence, Judge, Of, Revocation},
};

/// Authorities below an anchor on one path.
const MOST_AUTHORITIES: usize = 16;

/// The steps, up and down, that are left for one login or one message with all of its signers. Honest
/// hierarchies need a few; without a limit, a few authorities that certify each other could ask for
/// as much work as they like.
#[derive(Debug)]
pub(crate) struct Budget(Cell<u32>);

impl Default for Budget {
    fn default() -> Self {
        Self(Cell::new(5_000))
    }
}

impl Budget {
    /// Takes one step, if one is left.
    fn step(&self) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        left > 0
    }
}

/// One search, at one moment, with one set of evidence.
pub(crate) struct Search<'a> {
    pub(crate) anchors: &'a Anchors,
    /// Certificates that came with what is checked: nobody vouches for them.
    pub(crate) extra: &'a [Arc<Certificate>],
    pub(crate) at: Circumstances<'a>,
    pub(crate) evidence: [&'a Evidence; 2],
    budget: &'a Budget,
    /// Signatures that were checked, by the addresses of the two certificates.
    signatures: RefCell<HashMap<(usize, usize), Result<(), ChainFault>>>,
    /// Signers of lists that are being looked for, so that none vouches for itself.
    pub(super) signers: RefCell<Vec<usize>>,
}

/// A path that holds, and what is known of the certificate's revocation.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) path: Path,
    pub(crate) revocation: Revocation,
}

/// Why there was no path: the fault that came furthest down.
#[derive(Debug, Default)]
pub(crate) struct Furthest {
    best: Option<ChainRefusal>,
    /// That somebody with the issuer's name and another key than the one asked for did not sign it
    /// says nothing, unless nothing else is said.
    idle: Option<ChainRefusal>,
}

impl Furthest {
    pub(crate) fn note(&mut self, place: Place, fault: ChainFault) {
        if self.best.as_ref().is_none_or(|best| best.place < place) {
            self.best = Some(ChainRefusal { place, fault });
        }
    }

    /// A step from `issuer` to `certificate` failed.
    pub(crate) fn note_step(
        &mut self,
        place: Place,
        fault: ChainFault,
        certificate: &Certificate,
        issuer: &Certificate,
    ) {
        let idle =
            fault == ChainFault::Signature && certificate.asks_for_key_of(issuer) == Some(false);
        if idle {
            self.idle = Some(ChainRefusal { place, fault });
        } else {
            self.note(place, fault);
        }
    }

    pub(crate) fn into_refusal(self) -> Option<ChainRefusal> {
        self.best.or(self.idle)
    }
}

impl<'a> Search<'a> {
    pub(crate) fn new(
        anchors: &'a Anchors,
        extra: &'a [Arc<Certificate>],
        at: Circumstances<'a>,
        evidence: [&'a Evidence; 2],
        budget: &'a Budget,
    ) -> Self {
        Self {
            anchors,
            extra,
            at,
            evidence,
            budget,
            signatures: RefCell::default(),
            signers: RefCell::default(),
        }
    }

    /// The first path of `leaf` that holds for the rules' purpose.
    pub(crate) fn run(&self, leaf: &Certificate) -> Result<Found, ChainRefusal> {
        let mut furthest = Furthest::default();
        let mut found = None;
        for issuer in self.issuers_of(leaf) {
            let ended = self.states(
                &issuer,
                &mut Vec::new(),
                &mut furthest,
                &mut |state, furthest| match self.finish(state, leaf) {
                    Ok(path) => {
                        found = Some(path);
                        ControlFlow::Break(())
                    }
                    Err(fault) => {
                        furthest.note(Place::Leaf, fault);
                        ControlFlow::Continue(())
                    }
                },
            );
            if ended.is_break() {
                break;
            }
        }
        found.ok_or_else(|| furthest.into_refusal().unwrap_or(ISSUER_UNKNOWN))
    }

    /// Every path to an authority that holds, up to a few.
    pub(crate) fn paths_to(
        &self,
        authority: &Arc<Certificate>,
        most: usize,
    ) -> (Vec<State>, Option<ChainRefusal>) {
        let mut furthest = Furthest::default();
        let mut states = Vec::new();
        let _ = self.states(
            authority,
            &mut Vec::new(),
            &mut furthest,
            &mut |state, _| {
                states.push(state.clone());
                if states.len() < most {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            },
        );
        (states, furthest.into_refusal())
    }

    /// The last step of a path.
    pub(crate) fn finish(&self, state: &State, leaf: &Certificate) -> Result<Found, ChainFault> {
        let rules = self.at.rules;
        self.check_signature(leaf, state.issuer())?;
        let path = state.finish(leaf, &rules.purpose, self.at)?;
        let mut policies = leaf.extensions.policies.iter().flatten();
        if let Some(oid) = policies.find(|oid| rules.refused_policies.contains(*oid)) {
            return Err(match *oid == SIMULATED_POLICY {
                true => ChainFault::Simulated,
                false => ChainFault::PolicyRefused { oid: *oid },
            });
        }
        let revocation = self.revocation(state, leaf, Of::Leaf)?;
        Ok(Found { path, revocation })
    }

    /// Calls `visit` for each path to `authority` that holds, until it breaks. `trail` has the
    /// authorities below it on the way.
    pub(super) fn states(
        &self,
        authority: &Arc<Certificate>,
        trail: &mut Vec<Arc<Certificate>>,
        furthest: &mut Furthest,
        visit: &mut dyn FnMut(&State, &mut Furthest) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if self.anchors.is_anchor(authority) {
            return match State::at_anchor(authority, self.at) {
                Ok(state) => visit(&state, furthest),
                Err(fault) => {
                    furthest.note(Place::Anchor, fault);
                    ControlFlow::Continue(())
                }
            };
        }
        if trail.len() >= MOST_AUTHORITIES {
            return ControlFlow::Continue(());
        }
        self.step(furthest)?;
        trail.push(authority.clone());
        let mut ended = ControlFlow::Continue(());
        for issuer in self.issuers_of(authority) {
            // Whoever is on the way already would only lead in a circle, under whatever certificate.
            if trail.iter().any(|below| below.is_same_authority(&issuer)) {
                continue;
            }
            ended = self.states(&issuer, trail, furthest, &mut |state, furthest| {
                self.descend(state, authority, furthest, visit)
            });
            if ended.is_break() {
                break;
            }
        }
        trail.pop();
        ended
    }

    /// One step down, to an authority.
    fn descend(
        &self,
        state: &State,
        authority: &Arc<Certificate>,
        furthest: &mut Furthest,
        visit: &mut dyn FnMut(&State, &mut Furthest) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        self.step(furthest)?;
        // The signature first: what nobody vouches for may be as large as it likes, and is not looked
        // into.
        let signed = self.check_signature(authority, state.issuer());
        let next = signed
            .and_then(|()| state.descend(authority, self.at))
            .and_then(|next| {
                self.revocation(state, authority, Of::Authority)?;
                Ok(next)
            });
        match next {
            Ok(next) => visit(&next, furthest),
            Err(fault) => {
                furthest.note_step(state.next_place(), fault, authority, state.issuer());
                ControlFlow::Continue(())
            }
        }
    }

    fn step(&self, furthest: &mut Furthest) -> ControlFlow<()> {
        if self.budget.step() {
            return ControlFlow::Continue(());
        }
        furthest.note(Place::Leaf, ChainFault::TooMuchWork);
        ControlFlow::Break(())
    }

    /// Those who could have issued it, by name; first those whose key it asks for.
    pub(super) fn issuers_of(&self, certificate: &Certificate) -> Vec<Arc<Certificate>> {
        let known = self.anchors.certificates().chain(self.extra);
        let mut issuers: Vec<_> = known
            .filter(|one| certificate.names_as_issuer(one))
            .cloned()
            .collect();
        issuers.sort_by_key(|issuer| certificate.asks_for_key_of(issuer) == Some(false));
        issuers
    }

    pub(super) fn revocation(
        &self,
        state: &State,
        certificate: &Certificate,
        of: Of,
    ) -> Result<Revocation, ChainFault> {
        let Some(rules) = self.at.rules.revocation else {
            return Ok(Revocation::Unknown);
        };
        let judge = Judge {
            evidence: self.evidence,
            rules,
            now: self.at.now,
        };
        let standing = OnPath {
            search: self,
            state,
        };
        judge
            .judge(certificate, &standing, of)
            .map_err(ChainFault::Revocation)
    }

    pub(super) fn sha1_for(&self, issuer: &Certificate) -> Sha1 {
        if self.anchors.sha1_counts_for(issuer) {
            Sha1::Allowed
        } else {
            Sha1::Refused
        }
    }

    /// Once for each pair.
    pub(super) fn check_signature(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Result<(), ChainFault> {
        let pair = (address(certificate), address(issuer));
        if let Some(known) = self.signatures.borrow().get(&pair) {
            return known.clone();
        }
        let result = check_signature(certificate, issuer, self.sha1_for(issuer));
        self.signatures.borrow_mut().insert(pair, result.clone());
        result
    }
}

pub(crate) const ISSUER_UNKNOWN: ChainRefusal = ChainRefusal {
    place: Place::Leaf,
    fault: ChainFault::IssuerUnknown,
};

/// A certificate's identity while it is borrowed.
pub(super) fn address(certificate: &Certificate) -> usize {
    std::ptr::from_ref(certificate).addr()
}
