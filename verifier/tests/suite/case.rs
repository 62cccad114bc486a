//! A case: files, a question, what has to come out, and who says otherwise for which reason.

use chop_testpki::Dn;

use crate::kit::Node;

/// One case.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// The rule, by document and section.
    pub(crate) spec: &'static str,
    pub(crate) anchors: Vec<Vec<u8>>,
    pub(crate) between: Vec<Vec<u8>>,
    pub(crate) leaf: Vec<u8>,
    pub(crate) lists: Vec<Vec<u8>>,
    pub(crate) question: Question,
    /// The fault that refuses it, by the name of its variant; `None` where it is accepted.
    pub(crate) expected: Option<&'static str>,
    pub(crate) openssl: Opinion,
    pub(crate) webpki: Opinion,
}

/// What is asked beside the files.
#[derive(Clone, Default)]
pub(crate) struct Question {
    pub(crate) policies: Vec<&'static str>,
    pub(crate) explicit: bool,
    pub(crate) inhibit_mapping: bool,
    pub(crate) inhibit_any: bool,
    /// For a TLS server of this name, by the web's rules.
    pub(crate) server: Option<&'static str>,
    /// For a TLS client.
    pub(crate) client: bool,
    /// For this mailbox.
    pub(crate) mailbox: Option<&'static str>,
}

/// What another verifier is known to say.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Opinion {
    /// The same.
    Agrees,
    /// The opposite, for this reason.
    Differs(&'static str),
    /// It is not asked, for this reason.
    NotAsked(&'static str),
}

/// Begins a case.
pub(crate) fn case(name: &'static str, spec: &'static str) -> Case {
    Case {
        name,
        spec,
        anchors: Vec::new(),
        between: Vec::new(),
        leaf: Vec::new(),
        lists: Vec::new(),
        question: Question::default(),
        expected: None,
        openssl: Opinion::Agrees,
        webpki: Opinion::Agrees,
    }
}

impl Case {
    pub(crate) fn chain(mut self, root: &Node, between: &[&Node], leaf: Vec<u8>) -> Self {
        self.anchors = vec![root.der()];
        self.between = between.iter().map(|one| one.der()).collect();
        self.leaf = leaf;
        self
    }

    pub(crate) fn anchors(mut self, anchors: &[&Node]) -> Self {
        self.anchors = anchors.iter().map(|one| one.der()).collect();
        self
    }

    pub(crate) fn and_between(mut self, certificate: Vec<u8>) -> Self {
        self.between.push(certificate);
        self
    }

    pub(crate) fn lists(mut self, lists: &[Vec<u8>]) -> Self {
        self.lists = lists.to_vec();
        self
    }

    pub(crate) fn policy(mut self, oid: &'static str) -> Self {
        self.question.policies.push(oid);
        self
    }

    pub(crate) fn explicit(mut self) -> Self {
        self.question.explicit = true;
        self
    }

    pub(crate) fn inhibit_mapping(mut self) -> Self {
        self.question.inhibit_mapping = true;
        self
    }

    pub(crate) fn inhibit_any(mut self) -> Self {
        self.question.inhibit_any = true;
        self
    }

    pub(crate) fn server(mut self, name: &'static str) -> Self {
        self.question.server = Some(name);
        self
    }

    pub(crate) fn client(mut self) -> Self {
        self.question.client = true;
        self
    }

    pub(crate) fn mailbox(mut self, name: &'static str) -> Self {
        self.question.mailbox = Some(name);
        self
    }

    pub(crate) fn refused(mut self, fault: &'static str) -> Self {
        self.expected = Some(fault);
        self
    }

    /// openssl says the opposite.
    pub(crate) fn openssl(mut self, reason: &'static str) -> Self {
        self.openssl = Opinion::Differs(reason);
        self
    }

    /// webpki says the opposite.
    pub(crate) fn webpki(mut self, reason: &'static str) -> Self {
        self.webpki = Opinion::Differs(reason);
        self
    }

    /// After all, openssl says the same.
    pub(crate) fn openssl_agrees(mut self) -> Self {
        self.openssl = Opinion::Agrees;
        self
    }

    /// After all, webpki says the same.
    pub(crate) fn webpki_agrees(mut self) -> Self {
        self.webpki = Opinion::Agrees;
        self
    }

    /// webpki is not asked.
    pub(crate) fn no_webpki(mut self, reason: &'static str) -> Self {
        self.webpki = Opinion::NotAsked(reason);
        self
    }
}

/// `C=TW, O=測試憑證機構, CN=name`.
pub(crate) fn dn(name: &str) -> Dn {
    Dn::of(name)
}

// Reasons that come up again and again.

/// webpki and policies.
pub(crate) const NO_POLICIES: &str = "has no certificate policies";
pub(crate) const POLICIES_CRITICAL: &str =
    "refuses critical policy extensions, which it does not know";
pub(crate) const NAMES_BY_BYTES: &str = "compares names byte by byte";
pub(crate) const NO_KEY_USAGE: &str = "does not look at the keyUsage of authorities";
pub(crate) const ANCHOR_IS_A_KEY: &str =
    "takes of an anchor its name, key and name constraints only";
pub(crate) const NOT_THE_WEBS_RULES: &str = "does not hold certificates to the web's profile";
