//! Certificate policies along a path.
//!
//! rustls-webpki has none of this. It is RFC 5280 §6.1 with the graph of RFC 9618 instead of the
//! tree, so that no chain of mappings can make it grow beyond policies times length.

use std::collections::{BTreeMap, BTreeSet};

use der::asn1::ObjectIdentifier;

use crate::{certificate::Certificate, path::ChainFault};

pub(crate) const ANY_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32.0");

/// The policies of all certificates of one depth.
type Level = BTreeMap<ObjectIdentifier, Node>;

/// A policy at its depth.
///
/// Spec: RFC 9618 §3.
#[derive(Clone, Debug, Default)]
struct Node {
    /// What the next certificate may call it.
    expected: BTreeSet<ObjectIdentifier>,
    /// The policies one depth above that it comes from.
    parents: BTreeSet<ObjectIdentifier>,
}

/// What a caller asks of policies; the default asks nothing.
///
/// Spec: RFC 5280 §6.1.1 (c), (e), (f), (g).
#[derive(Clone, Debug, Default)]
pub(crate) struct PolicyRules {
    /// Those that count; empty for any.
    pub(crate) accepted: BTreeSet<ObjectIdentifier>,
    pub(crate) require_explicit: bool,
    pub(crate) inhibit_mapping: bool,
    pub(crate) inhibit_any: bool,
}

/// The policies that hold for a whole path, in the words of the anchor.
///
/// Spec: RFC 5280 §6.1.5 (g); RFC 9618 §5.6.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Holding {
    pub(crate) all: BTreeSet<ObjectIdentifier>,
    /// Those that the caller accepts.
    pub(crate) accepted: BTreeSet<ObjectIdentifier>,
}

/// The state of policies at one depth of a path.
///
/// Spec: RFC 5280 §6.1.2 (a), (d), (e), (f).
#[derive(Clone, Debug)]
pub(crate) struct Policies {
    /// The graph, a level per depth; `None` is NULL.
    graph: Option<Vec<Level>>,
    /// How many certificates may still come before … ; `None` for ever.
    explicit: Option<u32>,
    inhibit_any: Option<u32>,
    mapping: Option<u32>,
}

impl Policies {
    /// At the anchor. Its own policies are not looked at: it is trusted for all (RFC 5280 §6.1.1 d).
    pub(crate) fn at_anchor(rules: &PolicyRules) -> Self {
        let start = |now: bool| now.then_some(0);
        let any = Node {
            expected: BTreeSet::from([ANY_POLICY]),
            parents: BTreeSet::new(),
        };
        Self {
            graph: Some(vec![Level::from([(ANY_POLICY, any)])]),
            explicit: start(rules.require_explicit),
            inhibit_any: start(rules.inhibit_any),
            mapping: start(rules.inhibit_mapping),
        }
    }

    /// The policies of the next certificate.
    ///
    /// Spec: RFC 5280 §6.1.3 (d)–(f); RFC 9618 §5.4.
    pub(crate) fn enter(
        &mut self,
        certificate: &Certificate,
        is_last: bool,
    ) -> Result<(), ChainFault> {
        self.graph = match (self.graph.take(), &certificate.extensions.policies) {
            (Some(graph), Some(policies)) => {
                // anyPolicy counts while nobody has inhibited it, and in self-issued authorities.
                let any_counts =
                    self.inhibit_any != Some(0) || (!is_last && certificate.is_self_issued());
                grow(graph, policies, any_counts)
            }
            // (e) A certificate without policies ends them all.
            _ => None,
        };
        // (f)
        if self.explicit == Some(0) && self.graph.is_none() {
            return Err(ChainFault::Policy);
        }
        Ok(())
    }

    /// Mappings and constraints of an authority, for what comes below it.
    ///
    /// Spec: RFC 5280 §6.1.4 (a), (b), (h)–(j); RFC 9618 §5.5.
    pub(crate) fn descend(&mut self, authority: &Certificate) -> Result<(), ChainFault> {
        let extensions = &authority.extensions;
        let mut mapped: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for (from, to) in &extensions.policy_mappings {
            if *from == ANY_POLICY || *to == ANY_POLICY {
                return Err(ChainFault::PolicyMapping);
            }
            mapped.entry(*from).or_default().insert(*to);
        }
        if let Some(graph) = self.graph.take() {
            self.graph = map(graph, mapped, self.mapping != Some(0));
        }
        if !authority.is_self_issued() {
            for counter in [&mut self.explicit, &mut self.mapping, &mut self.inhibit_any] {
                *counter = counter.map(|left| left.saturating_sub(1));
            }
        }
        if let Some(constraints) = &extensions.policy_constraints {
            limit(&mut self.explicit, constraints.require_explicit_policy);
            limit(&mut self.mapping, constraints.inhibit_policy_mapping);
        }
        limit(&mut self.inhibit_any, extensions.inhibit_any_policy);
        Ok(())
    }

    /// After the last certificate: the policies that hold for the whole path, in the words of the
    /// anchor, and those of them that are accepted. Empty where none holds.
    ///
    /// Spec: RFC 5280 §6.1.5 (a), (b), (g); RFC 9618 §5.6.
    pub(crate) fn finish(
        mut self,
        last: &Certificate,
        rules: &PolicyRules,
    ) -> Result<Holding, ChainFault> {
        self.explicit = self.explicit.map(|left| left.saturating_sub(1));
        let constraints = last.extensions.policy_constraints.as_ref();
        if constraints.and_then(|constraints| constraints.require_explicit_policy) == Some(0) {
            self.explicit = Some(0);
        }
        let authorities = self.graph.as_deref().map(first_of_each).unwrap_or_default();
        // §6.1.1 (c): anyPolicy among those accepted says that it does not matter which.
        let any = rules.accepted.is_empty() || rules.accepted.contains(&ANY_POLICY);
        let accepted: BTreeSet<_> = if any {
            authorities.clone()
        } else if authorities.contains(&ANY_POLICY) {
            rules.accepted.clone()
        } else {
            authorities.intersection(&rules.accepted).copied().collect()
        };
        if self.explicit == Some(0) && accepted.is_empty() {
            return Err(ChainFault::Policy);
        }
        Ok(Holding {
            all: authorities.union(&accepted).copied().collect(),
            accepted,
        })
    }
}

/// One depth more: RFC 9618 §5.4 (d).
fn grow(
    mut graph: Vec<Level>,
    policies: &[ObjectIdentifier],
    any_counts: bool,
) -> Option<Vec<Level>> {
    let above = graph.last()?;
    let expecting = |policy: &ObjectIdentifier| -> BTreeSet<_> {
        let nodes = above.iter();
        nodes
            .filter(|(_, node)| node.expected.contains(policy))
            .map(|(name, _)| *name)
            .collect()
    };
    let mut level = Level::new();
    // (1) Policies that are expected, and others where any was.
    for policy in policies.iter().filter(|policy| **policy != ANY_POLICY) {
        let mut parents = expecting(policy);
        if parents.is_empty() && above.contains_key(&ANY_POLICY) {
            parents.insert(ANY_POLICY);
        }
        if !parents.is_empty() {
            level.insert(*policy, Node::of(*policy, parents));
        }
    }
    // (2) anyPolicy stands for everything that was expected and is not named.
    if any_counts && policies.contains(&ANY_POLICY) {
        let expected: BTreeSet<_> = above
            .values()
            .flat_map(|node| node.expected.iter().copied())
            .collect();
        for policy in expected {
            level
                .entry(policy)
                .or_insert_with(|| Node::of(policy, expecting(&policy)));
        }
    }
    graph.push(level);
    prune(graph)
}

/// RFC 9618 §5.5 (b).
fn map(
    mut graph: Vec<Level>,
    mapped: BTreeMap<ObjectIdentifier, BTreeSet<ObjectIdentifier>>,
    allowed: bool,
) -> Option<Vec<Level>> {
    let level = graph.last_mut()?;
    for (from, to) in mapped {
        if !allowed {
            level.remove(&from);
        } else if let Some(node) = level.get_mut(&from) {
            node.expected = to;
        } else if level.contains_key(&ANY_POLICY) {
            let mut node = Node::of(from, BTreeSet::from([ANY_POLICY]));
            node.expected = to;
            level.insert(from, node);
        }
    }
    prune(graph)
}

/// Leaves out what has nothing below it: RFC 9618 §5.4 (d) (3).
fn prune(mut graph: Vec<Level>) -> Option<Vec<Level>> {
    let mut wanted: Option<BTreeSet<ObjectIdentifier>> = None;
    for level in graph.iter_mut().rev() {
        if let Some(wanted) = &wanted {
            level.retain(|policy, _| wanted.contains(policy));
        }
        if level.is_empty() {
            return None;
        }
        let parents = level.values().flat_map(|node| node.parents.iter().copied());
        wanted = Some(parents.collect());
    }
    Some(graph)
}

/// The policies in the words of the anchor: those whose parent is anyPolicy.
///
/// Spec: RFC 9618 §5.6 (authority-constrained policies).
fn first_of_each(graph: &[Level]) -> BTreeSet<ObjectIdentifier> {
    let below_any = |(policy, node): (&ObjectIdentifier, &Node)| {
        (node.parents.contains(&ANY_POLICY) && *policy != ANY_POLICY).then_some(*policy)
    };
    let mut found: BTreeSet<_> = graph.iter().flatten().filter_map(below_any).collect();
    if graph
        .last()
        .is_some_and(|last| last.contains_key(&ANY_POLICY))
    {
        found.insert(ANY_POLICY);
    }
    found
}

impl Node {
    fn of(policy: ObjectIdentifier, parents: BTreeSet<ObjectIdentifier>) -> Self {
        Self {
            expected: BTreeSet::from([policy]),
            parents,
        }
    }
}

/// The smaller of two, `None` being the largest.
fn limit(counter: &mut Option<u32>, to: Option<u32>) {
    *counter = match (*counter, to) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
}
