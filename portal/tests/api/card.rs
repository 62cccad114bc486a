//! A card: a certificate as GPKI makes them, and its key.

use std::time::{Duration, SystemTime};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_protocol::{Algorithm, Assertion, Challenge, Origin, signed_message};
use chop_testpki::{Credential, Message, PrivateKey, extension, signing_certificate_v2};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CustomExtension,
    DistinguishedName, DnType, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose,
    RevocationReason, RevokedCertParams, SerialNumber,
};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};

/// Issues cards.
pub(crate) struct Authority {
    params: CertificateParams,
    key: KeyPair,
}

/// What is written on a card.
#[derive(Clone)]
pub(crate) struct Blank {
    pub(crate) number: &'static str,
    pub(crate) name: &'static str,
    pub(crate) usage: KeyUsagePurpose,
    /// Days from now.
    pub(crate) valid: std::ops::Range<i64>,
    pub(crate) rank: &'static str,
    /// Whether it is one of `chop simulate`.
    pub(crate) simulated: bool,
}

/// A company with an account in most scenes.
pub(crate) const COMPANY: Blank = Blank {
    number: "12345675",
    name: "測試股份有限公司",
    usage: KeyUsagePurpose::DigitalSignature,
    valid: -1..365,
    rank: "primary",
    simulated: false,
};

/// A citizen.
pub(crate) const CITIZEN: Blank = Blank {
    number: "9999000012345678",
    name: "王小明",
    ..COMPANY
};

/// Nobody: for an account without a card.
pub(crate) const NOBODY: Blank = Blank {
    number: "",
    name: "陳測試",
    ..COMPANY
};

/// A card in its reader.
pub(crate) struct Card {
    certificate: Vec<u8>,
    key: EcdsaKeyPair,
    pkcs8: Vec<u8>,
}

impl Authority {
    /// 工商憑證管理中心.
    pub(crate) fn of_companies() -> Self {
        Self::new("工商憑證管理中心")
    }

    /// 內政部憑證管理中心.
    pub(crate) fn of_citizens() -> Self {
        Self::new("內政部憑證管理中心")
    }

    fn new(unit: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CountryName, "TW");
        params
            .distinguished_name
            .push(DnType::OrganizationName, "行政院");
        params
            .distinguished_name
            .push(DnType::OrganizationalUnitName, unit);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Self {
            params,
            key: KeyPair::generate().unwrap(),
        }
    }

    /// Its certificate.
    pub(crate) fn pem(&self) -> String {
        self.params.clone().self_signed(&self.key).unwrap().pem()
    }

    /// Its list of revoked cards, by their serial numbers, that counts for these days.
    pub(crate) fn list(&self, revoked: &[&[u8]], days: std::ops::Range<i64>) -> Vec<u8> {
        let number = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let revoked = revoked.iter().map(|serial| RevokedCertParams {
            serial_number: SerialNumber::from_slice(serial),
            revocation_time: in_days(-1).into(),
            reason_code: Some(RevocationReason::CertificateHold),
            invalidity_date: None,
        });
        let params = CertificateRevocationListParams {
            this_update: (in_days(days.start) - Duration::from_secs(60)).into(),
            next_update: in_days(days.end).into(),
            crl_number: u64::try_from(number.unwrap().as_millis()).unwrap().into(),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let issuer = Issuer::from_params(&self.params, &self.key);
        params.signed_by(&issuer).unwrap().der().to_vec()
    }

    /// A card with serial number 0x0a1b2c.
    pub(crate) fn card(&self, blank: &Blank) -> Card {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CountryName, "TW");
        let name = if blank.number.len() == 16 {
            DnType::CommonName
        } else {
            DnType::OrganizationName
        };
        params.distinguished_name.push(name, blank.name);
        let serial_number = DnType::CustomDnType(vec![2, 5, 4, 5]);
        params.distinguished_name.push(serial_number, blank.number);
        params.serial_number = Some(SerialNumber::from_slice(&[0x0a, 0x1b, 0x2c]));
        params.key_usages = vec![blank.usage];
        params.not_before = in_days(blank.valid.start).into();
        params.not_after = in_days(blank.valid.end).into();
        params.custom_extensions = vec![directory_attributes(blank)];
        if blank.simulated {
            let policies = extension::policies(&[chop_protocol::SIMULATED_POLICY]).value;
            let policies = CustomExtension::from_oid_content(&[2, 5, 29, 32], policies);
            params.custom_extensions.push(policies);
        }

        let key = KeyPair::generate().unwrap();
        let issuer = Issuer::from_params(&self.params, &self.key);
        let certificate = params.signed_by(&key, &issuer).unwrap().der().to_vec();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = key.serialize_der();
        let key = EcdsaKeyPair::from_pkcs8(algorithm, &pkcs8, &SystemRandom::new()).unwrap();
        Card {
            certificate,
            key,
            pkcs8,
        }
    }
}

impl Card {
    /// Its certificate, as the audit log keeps it.
    pub(crate) fn certificate_base64(&self) -> String {
        STANDARD.encode(&self.certificate)
    }

    /// Its certificate and key, for messages of all kinds.
    pub(crate) fn credential(&self) -> Credential {
        Credential {
            certificate: self.certificate.clone(),
            key: PrivateKey::from_pkcs8(&self.pkcs8).unwrap(),
        }
    }

    /// A document as the agent signs it: CMS with the document inside.
    pub(crate) fn sign_document(&self, document: &str) -> Vec<u8> {
        let named = signing_certificate_v2(&self.certificate).unwrap();
        let message = Message::hipki(document.as_bytes(), SystemTime::now()).with(named);
        message.sign(&self.credential()).unwrap()
    }

    /// What the agent gives the page.
    pub(crate) fn sign(&self, origin: &str, challenge: &str) -> String {
        let origin: Origin = origin.parse().unwrap();
        let challenge: Challenge = challenge.parse().unwrap();
        let algorithm = Algorithm::Es256;
        let message = signed_message(&origin, &challenge, algorithm.hash());
        let signature = self.key.sign(&SystemRandom::new(), &message).unwrap();
        let assertion = Assertion::new(&self.certificate, algorithm, signature.as_ref());
        serde_json::to_string(&assertion).unwrap()
    }
}

fn in_days(days: i64) -> SystemTime {
    let seconds = Duration::from_secs(days.unsigned_abs() * 86_400);
    let now = SystemTime::now();
    if days < 0 {
        now - seconds
    } else {
        now + seconds
    }
}

/// GPKI's attributes: which card it is, and the company's number once more.
fn directory_attributes(blank: &Blank) -> CustomExtension {
    // 2.16.886.1.100.2.x
    let attribute = |last: u8, value: &str| {
        let oid = tlv(0x06, &[0x60, 0x86, 0x76, 0x01, 0x64, 0x02, last]);
        let values = tlv(0x31, &tlv(0x0c, value.as_bytes()));
        tlv(0x30, &[oid, values].concat())
    };
    let attributes = if blank.number.len() == 8 {
        [attribute(2, blank.rank), attribute(101, blank.number)].concat()
    } else {
        attribute(51, "6789")
    };
    CustomExtension::from_oid_content(&[2, 5, 29, 9], tlv(0x30, &attributes))
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len())
        .ok()
        .filter(|length| *length < 128)
        .unwrap();
    [&[tag, length], content].concat()
}
