//! A chain by itself: what `chop-verify chain` and the tests ask.

use std::{collections::BTreeSet, sync::Arc, time::SystemTime};

use der::asn1::ObjectIdentifier;

use crate::{
    Anchors, Certificate, Evidence, ExpectedName, Revocation,
    chains::{Chains, Given},
    moment::Moment,
    path::{Budget, ChainFault, ChainRefusal, PathRules, Place, Profile, Purpose},
    revocation::RevocationRules,
};

/// A check of a chain alone, for tools and tests: by the rules of RFC 5280, with what is asked for.
#[derive(Clone, Debug)]
pub struct ChainCheck {
    rules: PathRules,
    names: Vec<ExpectedName>,
}

/// A chain that holds.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Chain {
    /// The trust anchor.
    pub anchor: Arc<Certificate>,
    /// The authorities between it and the certificate, the one below the anchor first.
    pub authorities: Vec<Arc<Certificate>>,
    /// The policies that hold for the whole chain, in the words of the anchor; where some were asked
    /// for, those.
    pub policies: BTreeSet<ObjectIdentifier>,
    /// Whether the certificate might have been revoked.
    pub revocation: Revocation,
}

impl ChainCheck {
    /// For this purpose; revocation has to be known.
    #[must_use]
    pub fn new(purpose: Purpose) -> Self {
        let rules = PathRules {
            purpose,
            revocation: Some(RevocationRules::default()),
            ..PathRules::default()
        };
        Self {
            rules,
            names: Vec::new(),
        }
    }

    /// **Relaxation.** Does not look at revocation.
    #[must_use]
    pub fn without_revocation(mut self) -> Self {
        self.rules.revocation = None;
        self
    }

    /// The certificate has to be for this name, and for each other one that was given.
    #[must_use]
    pub fn for_name(mut self, name: ExpectedName) -> Self {
        self.names.push(name);
        self
    }

    /// By the rules of the web's PKI as well.
    #[must_use]
    pub fn by_web_rules(mut self) -> Self {
        self.rules.profile = Profile::Web;
        if let Some(rules) = &mut self.rules.revocation {
            rules.web = true;
        }
        self
    }

    /// By the rules of S/MIME as well.
    #[must_use]
    pub fn by_mail_rules(mut self) -> Self {
        self.rules.profile = Profile::Mail;
        self
    }

    /// Only this policy counts, or another one that was given. Spec: RFC 5280 §6.1.1 (c).
    #[must_use]
    pub fn accept_policy(mut self, oid: ObjectIdentifier) -> Self {
        self.rules.policies.accepted.insert(oid);
        self
    }

    /// A policy has to hold for the whole chain. Spec: RFC 5280 §6.1.1 (f).
    #[must_use]
    pub fn require_explicit_policy(mut self) -> Self {
        self.rules.policies.require_explicit = true;
        self
    }

    /// Mappings do not count. Spec: RFC 5280 §6.1.1 (e).
    #[must_use]
    pub fn inhibit_policy_mapping(mut self) -> Self {
        self.rules.policies.inhibit_mapping = true;
        self
    }

    /// anyPolicy stands for nothing. Spec: RFC 5280 §6.1.1 (g).
    #[must_use]
    pub fn inhibit_any_policy(mut self) -> Self {
        self.rules.policies.inhibit_any = true;
        self
    }

    /// Checks.
    ///
    /// # Errors
    /// [`ChainRefusal`]: the fault on the path that came furthest.
    pub fn run(
        &self,
        anchors: &Anchors,
        leaf: &Certificate,
        evidence: &Evidence,
        now: SystemTime,
    ) -> Result<Chain, ChainRefusal> {
        let none = Evidence::none();
        let given = Given {
            anchors,
            evidence,
            own_evidence: &none,
            extra: &[],
            now: Moment::of(now),
            budget: &Budget::default(),
        };
        let found = Chains::new(self.rules.clone()).check(leaf, given)?;
        if !self.names.iter().all(|name| name.is_named_by(leaf)) {
            return Err(ChainRefusal {
                place: Place::Leaf,
                fault: ChainFault::Name,
            });
        }
        Ok(Chain {
            anchor: found.path.anchor,
            authorities: found.path.authorities,
            policies: found.path.policies.accepted,
            revocation: found.revocation,
        })
    }
}
