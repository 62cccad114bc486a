//! A root, an issuing authority and a card, each ordinary but for what a test changes.

use std::sync::Arc;

use chop_testpki::{
    Authority, Credential, Dn, Extension, KeyKind, List, PrivateKey, Template, assertion,
    extension::{self, Value},
};
use chop_verifier::{
    Anchors, ChainFault, Crl, Evidence, Occasion, Place, Refusal, SignIn, Verifier,
};

use crate::{challenge, now, origin};

pub(crate) const COMPANIES: &str = "測試工商憑證管理中心";
pub(crate) const CITIZENS: &str = "測試內政部憑證管理中心";
pub(crate) const AGENCIES: &str = "測試政府憑證管理中心";
pub(crate) const ORGANIZATIONS: &str = "測試組織及團體憑證管理中心";

pub(crate) const COMPANY_NUMBER: &str = "2.16.886.1.100.2.101";
pub(crate) const CARD: &str = "2.16.886.1.100.2.2";
pub(crate) const LAST_FOUR: &str = "2.16.886.1.100.2.51";
pub(crate) const ORGANIZATION_ID: &str = "2.16.886.1.100.2.102";

/// clientAuth.
pub(crate) const CLIENT: &str = "1.3.6.1.5.5.7.3.2";

/// What will be made.
pub(crate) struct Plan {
    pub(crate) root: Template,
    pub(crate) issuing: Template,
    pub(crate) leaf: Template,
    /// Of the card's key.
    pub(crate) kind: KeyKind,
}

/// What was made.
pub(crate) struct Scene {
    pub(crate) root: Authority,
    pub(crate) issuing: Authority,
    pub(crate) card: Credential,
}

impl Plan {
    /// A company's card of an authority with this unit in its name.
    pub(crate) fn of(unit: &str) -> Self {
        let base = Dn::new().c("TW").o("行政院");
        Self {
            root: authority(base.clone().ou("測試根憑證管理中心")),
            issuing: authority(base.ou(unit)).with(extension::policies(&[CLASS_3])),
            leaf: company("12345675"),
            kind: KeyKind::P256,
        }
    }

    pub(crate) fn leaf(mut self, change: impl FnOnce(Template) -> Template) -> Self {
        self.leaf = change(self.leaf);
        self
    }

    pub(crate) fn issuing(mut self, change: impl FnOnce(Template) -> Template) -> Self {
        self.issuing = change(self.issuing);
        self
    }

    pub(crate) fn root(mut self, change: impl FnOnce(Template) -> Template) -> Self {
        self.root = change(self.root);
        self
    }

    pub(crate) fn kind(mut self, kind: KeyKind) -> Self {
        self.kind = kind;
        self
    }

    pub(crate) fn make(self) -> Scene {
        let root = Authority::root(&self.root, key(KeyKind::P256)).unwrap();
        let issuing = root.subordinate(&self.issuing, key(KeyKind::P256)).unwrap();
        let card = issue(&issuing, &self.leaf, self.kind);
        Scene {
            root,
            issuing,
            card,
        }
    }

    /// What comes of a sign-in with it.
    pub(crate) fn sign_in(self) -> Result<SignIn, Refusal> {
        self.make().sign_in()
    }

    /// What is wrong with the chain, and where.
    pub(crate) fn fault(self) -> Option<(Place, ChainFault)> {
        fault(self.sign_in())
    }
}

impl Scene {
    /// An ordinary company's card.
    pub(crate) fn company() -> Self {
        Plan::of(COMPANIES).make()
    }

    /// The root as anchor, the issuing authority in between.
    pub(crate) fn anchors(&self) -> Anchors {
        Anchors::from_der([self.root.certificate()])
            .unwrap()
            .with_intermediates_der([self.issuing.certificate()])
            .unwrap()
    }

    /// Lists of both authorities, with these serial numbers on that of the issuing one.
    pub(crate) fn evidence(&self, revoked: &[&[u8]]) -> Evidence {
        let mut list = List::new(now());
        for serial in revoked {
            list = list.revoking(serial, now() - crate::DAY).unwrap();
        }
        Evidence::none()
            .and_list(self.read(&List::new(now()), &self.root))
            .and_list(self.read(&list, &self.issuing))
    }

    /// A list of an authority of this scene.
    pub(crate) fn read(&self, list: &List, issuer: &Authority) -> Crl {
        Crl::from_der(&list.sign(issuer).unwrap(), &self.anchors()).unwrap()
    }

    /// Nothing relaxed, nobody revoked.
    pub(crate) fn verifier(&self) -> Verifier {
        Verifier::new(self.anchors()).with_evidence(self.evidence(&[]))
    }

    /// The assertion that the card makes for our origin and challenge.
    pub(crate) fn assertion(&self) -> String {
        assertion(&self.card, &origin(), &challenge()).unwrap()
    }

    pub(crate) fn sign_in(&self) -> Result<SignIn, Refusal> {
        verify(&self.verifier(), &self.assertion())
    }
}

/// For our origin and challenge, now.
pub(crate) fn verify(verifier: &Verifier, assertion: &str) -> Result<SignIn, Refusal> {
    verifier.sign_in(assertion, &origin(), &challenge(), Occasion::at(now()))
}

/// What is wrong with the chain, and where; `None` where it holds.
pub(crate) fn fault<T: std::fmt::Debug>(result: Result<T, Refusal>) -> Option<(Place, ChainFault)> {
    match result {
        Ok(_) => None,
        Err(Refusal::Chain(chain)) => Some((chain.place, chain.fault)),
        Err(other) => panic!("{other:?}"),
    }
}

pub(crate) const CLASS_3: &str = "2.16.886.101.0.3.3";

pub(crate) fn key(kind: KeyKind) -> Arc<PrivateKey> {
    Arc::new(PrivateKey::generate(kind).unwrap())
}

pub(crate) fn issue(issuer: &Authority, template: &Template, kind: KeyKind) -> Credential {
    let key = PrivateKey::generate(kind).unwrap();
    let certificate = issuer.issue(template, key.public_key()).unwrap();
    Credential { key, certificate }
}

/// The serial number of a certificate, as lists have it.
pub(crate) fn serial(certificate: &[u8]) -> Vec<u8> {
    use der::Decode as _;
    let certificate = x509_cert::Certificate::from_der(certificate).unwrap();
    let serial = certificate.tbs_certificate().serial_number();
    serial.as_bytes().to_vec()
}

pub(crate) fn authority(name: Dn) -> Template {
    Template::authority(name, now()).unwrap()
}

/// A company's certificate, as MOEACA issues it.
pub(crate) fn company(number: &str) -> Template {
    let subject = Dn::new().c("TW").o("測試股份有限公司").number(number);
    leaf(subject).with(attributes(&[(COMPANY_NUMBER, Value::Utf8(number))]))
}

/// A citizen's certificate, as MOICA issues it.
pub(crate) fn citizen(number: &str) -> Template {
    let subject = Dn::new().c("TW").cn("王小明").number(number);
    leaf(subject).with(attributes(&[(LAST_FOUR, Value::Utf8("6789"))]))
}

/// A certificate for digital signatures.
pub(crate) fn leaf(subject: Dn) -> Template {
    Template::new(subject, now())
        .unwrap()
        .with(extension::key_usage(&[0]))
        .with(extension::policies(&[CLASS_3]))
}

/// subjectDirectoryAttributes.
pub(crate) fn attributes(list: &[(&str, Value<'_>)]) -> Extension {
    extension::directory_attributes(list)
}
