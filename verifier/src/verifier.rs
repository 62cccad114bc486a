//! What a site configures once: whom it trusts, what it asks, what it lets pass.

use std::{collections::BTreeSet, sync::Arc, time::Duration, time::SystemTime};

use der::asn1::ObjectIdentifier;

use crate::{
    Anchors, Assurance, Certificate, Evidence, Refusal, Signer, Sources,
    chains::{Chains, Given},
    moment::Moment,
    path::{Budget, ChainRefusal, PathRules, Place, Purpose, SIMULATED_POLICY, check_validity},
    revocation::RevocationRules,
};

/// Verifies what cards signed, strictly unless told otherwise.
///
/// As it is made it believes only certificates whose revocation, and that of every authority above
/// them, its [`Evidence`] or that of the single check covers. Each method named `allow_…` relaxes one
/// rule and says what that costs; those named `require_…` and `refuse_…` ask for more.
///
/// It is a snapshot: it keeps the verdict on authorities (never on signers) for as long as neither
/// certificates nor evidence begin or end to count. When a new list arrives, make the next snapshot
/// with [`Self::with_evidence`]; put it behind an `Arc` and share it between threads.
#[derive(Debug)]
pub struct Verifier {
    anchors: Arc<Anchors>,
    evidence: Arc<Evidence>,
    assurance: Option<Assurance>,
    pub(crate) sha1_in_hipki: bool,
    sign_in: Chains,
    document: Chains,
}

/// When something is checked, and what was found out for that one check.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    now: SystemTime,
    evidence: Option<&'a Evidence>,
}

impl<'a> Occasion<'a> {
    /// At this moment. It is a parameter so that tests, and servers that look at an old login again,
    /// choose the moment.
    #[must_use]
    pub fn at(now: SystemTime) -> Self {
        let evidence = None;
        Self { now, evidence }
    }

    /// With evidence beside the verifier's own: an OCSP answer for this certificate.
    #[must_use]
    pub fn with(mut self, evidence: &'a Evidence) -> Self {
        self.evidence = Some(evidence);
        self
    }

    pub(crate) fn now(&self) -> Moment {
        Moment::of(self.now)
    }

    pub(crate) fn evidence(&self) -> Option<&'a Evidence> {
        self.evidence
    }
}

impl From<SystemTime> for Occasion<'_> {
    fn from(now: SystemTime) -> Self {
        Self::at(now)
    }
}

impl Verifier {
    /// Trusts these authorities, and relaxes nothing.
    #[must_use]
    pub fn new(anchors: impl Into<Arc<Anchors>>) -> Self {
        let chains = |purpose| {
            Chains::new(PathRules {
                purpose,
                revocation: Some(RevocationRules::default()),
                refused_policies: BTreeSet::from([SIMULATED_POLICY]),
                ..PathRules::default()
            })
        };
        Self {
            anchors: anchors.into(),
            evidence: Arc::default(),
            assurance: None,
            sha1_in_hipki: false,
            sign_in: chains(Purpose::SignIn),
            document: chains(Purpose::Document),
        }
    }

    /// The same rules and authorities with other evidence: the next snapshot.
    #[must_use]
    pub fn with_evidence(&self, evidence: impl Into<Arc<Evidence>>) -> Self {
        Self {
            anchors: self.anchors.clone(),
            evidence: evidence.into(),
            assurance: self.assurance,
            sha1_in_hipki: self.sha1_in_hipki,
            sign_in: Chains::new(self.sign_in.rules.clone()),
            document: Chains::new(self.document.rules.clone()),
        }
    }

    /// Whom it trusts.
    #[must_use]
    pub fn anchors(&self) -> &Anchors {
        &self.anchors
    }

    /// Asks for a GPKI assurance level that holds for the whole chain, or a higher one.
    #[must_use]
    pub fn require_assurance(mut self, level: Assurance) -> Self {
        self.assurance = Some(level);
        self
    }

    /// Asks for this certificate policy, or another one that was required: it has to hold for the
    /// whole chain.
    #[must_use]
    pub fn require_policy(self, oid: ObjectIdentifier) -> Self {
        self.with_rules(|rules| {
            rules.policies.accepted.insert(oid);
            rules.policies.require_explicit = true;
        })
    }

    /// Refuses certificates with this policy, such as one for soft keys.
    #[must_use]
    pub fn refuse_policy(self, oid: ObjectIdentifier) -> Self {
        self.with_rules(|rules| {
            rules.refused_policies.insert(oid);
        })
    }

    /// **Relaxation.** Believes certificates of which nobody says whether they were revoked; what is
    /// known to be revoked stays refused. A card that was reported lost signs in as long as you have
    /// no list.
    #[must_use]
    pub fn allow_unknown_revocation(self) -> Self {
        self.with_revocation(|rules| {
            rules.leaf_may_be_unknown = true;
            rules.authorities_may_be_unknown = true;
        })
    }

    /// **Relaxation.** Believes authorities of which nobody says whether they were revoked, where you
    /// have the lists of issuing authorities and not those of the roots. An issuing authority whose
    /// key was stolen is believed until you remove it from the anchors.
    #[must_use]
    pub fn allow_unknown_revocation_of_authorities(self) -> Self {
        self.with_revocation(|rules| rules.authorities_may_be_unknown = true)
    }

    /// **Relaxation.** Goes on with lists for this long after they should have been replaced: an
    /// authority whose server is down does not lock everybody out. What was revoked since then passes.
    #[must_use]
    pub fn allow_stale_lists(self, by: Duration) -> Self {
        self.with_revocation(|rules| rules.stale = by)
    }

    /// **Relaxation.** Counts SHA-1 in logins of the HiPKI form, for pages that cannot ask for another
    /// hash. Whoever can make two challenges with one SHA-1 can have one signed and use the other.
    #[must_use]
    pub fn allow_sha1_in_hipki_sign_ins(mut self) -> Self {
        self.sha1_in_hipki = true;
        self
    }

    /// **Relaxation.** Believes the cards of `chop simulate`, if their authority is among the anchors:
    /// for tests of a site and never for the site itself. Whoever runs that program is whoever they
    /// like.
    #[must_use]
    pub fn allow_simulated_cards(self) -> Self {
        self.with_rules(|rules| {
            rules.refused_policies.remove(&SIMULATED_POLICY);
        })
    }

    fn with_revocation(self, change: impl Fn(&mut RevocationRules)) -> Self {
        self.with_rules(|rules| change(rules.revocation.get_or_insert_default()))
    }

    fn with_rules(mut self, change: impl Fn(&mut PathRules)) -> Self {
        for chains in [&mut self.sign_in, &mut self.document] {
            change(&mut chains.rules);
            chains.forget();
        }
        self
    }

    /// Whose certificate it is, once it is for `purpose`, its chain holds and it was not revoked.
    ///
    /// Purpose and validity come first, so that their refusals do not depend on who issued it.
    pub(crate) fn signer(
        &self,
        certificate: Certificate,
        use_: Use,
        company: Entourage<'_>,
        occasion: Occasion<'_>,
    ) -> Result<Signer, Refusal> {
        let chains = match use_ {
            Use::SignIn => &self.sign_in,
            Use::Document => &self.document,
        };
        let leaf = |fault| ChainRefusal {
            place: Place::Leaf,
            fault,
        };
        let now = occasion.now();
        chains
            .rules
            .purpose
            .check_leaf(&certificate)
            .map_err(leaf)?;
        check_validity(&certificate, now).map_err(leaf)?;
        let none = Evidence::none();
        let given = Given {
            anchors: &self.anchors,
            evidence: &self.evidence,
            own_evidence: occasion.evidence().unwrap_or(&none),
            extra: company.extra,
            now,
            budget: company.budget,
        };
        let found = chains.check(&certificate, given)?;
        let assurance = Assurance::of(&found.path.policies.all);
        if self
            .assurance
            .is_some_and(|required| assurance < Some(required))
        {
            return Err(Refusal::AssuranceTooLow { found: assurance });
        }
        Signer::new(certificate, found, assurance)
    }

    /// Where it can be asked whether a certificate was revoked: only if its chain holds, so that
    /// nobody can have your server ask addresses of their own choosing.
    ///
    /// # Errors
    /// [`Refusal::Chain`], for any cause but an unknown revocation.
    pub fn sources(&self, certificate: &Certificate, now: SystemTime) -> Result<Sources, Refusal> {
        let rules = PathRules {
            purpose: Purpose::Any,
            revocation: None,
            ..self.sign_in.rules.clone()
        };
        let none = Evidence::none();
        let given = Given {
            anchors: &self.anchors,
            evidence: &none,
            own_evidence: &none,
            extra: &[],
            now: Moment::of(now),
            budget: &Budget::default(),
        };
        let found = Chains::new(rules).check(certificate, given)?;
        let issuer = found.path.authorities.last().unwrap_or(&found.path.anchor);
        Ok(Sources::of(certificate, issuer.clone()))
    }
}

/// What came with a certificate that is checked.
#[derive(Clone, Copy)]
pub(crate) struct Entourage<'a> {
    /// Authorities that nobody has configured.
    pub(crate) extra: &'a [Arc<Certificate>],
    /// The work that is left for all that came together.
    pub(crate) budget: &'a Budget,
}

impl<'a> Entourage<'a> {
    /// Nothing else came.
    pub(crate) fn none(budget: &'a Budget) -> Self {
        Self { extra: &[], budget }
    }
}

/// What a certificate's signature is used for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Use {
    SignIn,
    Document,
}
