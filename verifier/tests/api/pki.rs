//! Authorities and cards of GPKI's shape, made for one test each.

use std::time::SystemTime;

use chop_protocol::{Algorithm, Assertion, Challenge, Origin, signed_message};
use chop_verifier::Anchors;
use der::{
    Any, Encode as _, Tag,
    asn1::{ObjectIdentifier, SetOfVec},
};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, DnValue,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
    PKCS_ECDSA_P384_SHA384, SignatureAlgorithm,
};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair},
};
use x509_cert::attr::Attribute;

use crate::{DAY, now};

pub(crate) const COMPANIES: &str = "測試工商憑證管理中心";
pub(crate) const CITIZENS: &str = "測試內政部憑證管理中心";

/// A root and an issuing authority below it.
pub(crate) struct Pki {
    pub(crate) root: Vec<u8>,
    pub(crate) issuing: Vec<u8>,
    pub(crate) issuer: Issuer<'static, KeyPair>,
}

/// What an authority of a test says; ordinary unless changed.
pub(crate) struct AuthorityParams {
    pub(crate) root: CertificateParams,
    pub(crate) issuing: CertificateParams,
}

impl AuthorityParams {
    pub(crate) fn new(unit: &str) -> Self {
        let authority = |unit: &str| {
            let mut params = CertificateParams::default();
            params.distinguished_name = DistinguishedName::new();
            params
                .distinguished_name
                .push(DnType::CountryName, printable("TW"));
            params
                .distinguished_name
                .push(DnType::OrganizationName, "行政院");
            params
                .distinguished_name
                .push(DnType::OrganizationalUnitName, unit);
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
            params.not_before = (now() - 900 * DAY).into();
            params.not_after = (now() + 3000 * DAY).into();
            params
        };
        Self {
            root: authority("測試根憑證管理中心"),
            issuing: authority(unit),
        }
    }

    pub(crate) fn make(self) -> Pki {
        let (root_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let root = self.root.self_signed(&root_key).unwrap().der().to_vec();
        let root_issuer = Issuer::new(self.root, root_key);
        let issuing = self
            .issuing
            .signed_by(&key, &root_issuer)
            .unwrap()
            .der()
            .to_vec();
        Pki {
            root,
            issuing,
            issuer: Issuer::new(self.issuing, key),
        }
    }
}

impl Pki {
    /// With an issuing authority of this name.
    pub(crate) fn of(unit: &str) -> Self {
        AuthorityParams::new(unit).make()
    }

    /// The root as anchor, the issuing authority in between.
    pub(crate) fn anchors(&self) -> Anchors {
        let anchors = Anchors::from_der([self.root.clone()]).unwrap();
        anchors
            .with_intermediates_der([self.issuing.clone()])
            .unwrap()
    }

    /// A card with a P-256 key.
    pub(crate) fn issue(&self, params: CertificateParams) -> Card {
        self.issue_with(params, &PKCS_ECDSA_P256_SHA256)
    }

    pub(crate) fn issue_with(
        &self,
        params: CertificateParams,
        algorithm: &'static SignatureAlgorithm,
    ) -> Card {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap().der().to_vec();
        Card { certificate, key }
    }
}

/// A certificate and its key.
pub(crate) struct Card {
    pub(crate) certificate: Vec<u8>,
    pub(crate) key: KeyPair,
}

impl Card {
    /// The assertion that an agent makes with this card.
    pub(crate) fn assertion(&self, origin: &Origin, challenge: &Challenge) -> String {
        serde_json::to_string(&self.unserialized_assertion(origin, challenge)).unwrap()
    }

    pub(crate) fn unserialized_assertion(
        &self,
        origin: &Origin,
        challenge: &Challenge,
    ) -> Assertion {
        let (algorithm, signing) = if self.key.algorithm() == &PKCS_ECDSA_P384_SHA384 {
            (Algorithm::Es384, &ECDSA_P384_SHA384_FIXED_SIGNING)
        } else {
            (Algorithm::Es256, &ECDSA_P256_SHA256_FIXED_SIGNING)
        };
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::from_pkcs8(signing, self.key.serialized_der(), &random).unwrap();
        let message = signed_message(origin, challenge, algorithm.hash());
        let signature = key.sign(&random, &message).unwrap();
        Assertion::new(&self.certificate, algorithm, signature.as_ref())
    }
}

/// A company's certificate, as MOEACA issues it.
pub(crate) fn company(number: &str) -> CertificateParams {
    let mut params = leaf();
    params
        .distinguished_name
        .push(DnType::OrganizationName, "測試股份有限公司");
    params
        .distinguished_name
        .push(serial_number(), printable(number));
    params
        .custom_extensions
        .push(attributes(&[(COMPANY_NUMBER, Tag::Utf8String, number)]));
    params
}

/// A citizen's certificate, as MOICA issues it.
pub(crate) fn citizen(number: &str) -> CertificateParams {
    let mut params = leaf();
    params.distinguished_name.push(DnType::CommonName, "王小明");
    params
        .distinguished_name
        .push(serial_number(), printable(number));
    params
        .custom_extensions
        .push(attributes(&[(LAST_FOUR, Tag::Utf8String, "6789")]));
    params
}

/// A certificate for digital signatures, issued a month ago for five years, of nobody.
pub(crate) fn leaf() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CountryName, printable("TW"));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    valid(&mut params, now() - 30 * DAY, now() + 1800 * DAY);
    params
}

pub(crate) fn valid(params: &mut CertificateParams, from: SystemTime, until: SystemTime) {
    params.not_before = from.into();
    params.not_after = until.into();
}

pub(crate) fn purposes(params: &mut CertificateParams, purposes: &[ExtendedKeyUsagePurpose]) {
    params.extended_key_usages = purposes.to_vec();
}

pub(crate) const CARD: &str = "2.16.886.1.100.2.2";
pub(crate) const LAST_FOUR: &str = "2.16.886.1.100.2.51";
pub(crate) const COMPANY_NUMBER: &str = "2.16.886.1.100.2.101";

/// subjectDirectoryAttributes with these texts.
pub(crate) fn attributes(texts: &[(&str, Tag, &str)]) -> CustomExtension {
    let list: Vec<Attribute> = texts
        .iter()
        .map(|(oid, tag, text)| Attribute {
            oid: ObjectIdentifier::new(oid).unwrap(),
            values: SetOfVec::try_from(vec![Any::new(*tag, text.as_bytes()).unwrap()]).unwrap(),
        })
        .collect();
    CustomExtension::from_oid_content(&[2, 5, 29, 9], list.to_der().unwrap())
}

pub(crate) fn serial_number() -> DnType {
    DnType::CustomDnType(vec![2, 5, 4, 5])
}

pub(crate) fn printable(text: &str) -> DnValue {
    DnValue::PrintableString(text.try_into().unwrap())
}
