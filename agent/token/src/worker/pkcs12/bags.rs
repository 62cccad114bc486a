//! The bags of a PKCS #12 file.

use cms::content_info::ContentInfo;
use der::{
    Decode as _, Encode as _,
    asn1::{Any, ContextSpecific, OctetString},
    oid::ObjectIdentifier,
};
use pkcs12::{
    CertBag, PKCS_12_CERT_BAG_OID, PKCS_12_KEY_BAG_OID, PKCS_12_PKCS8_KEY_BAG_OID,
    PKCS_12_X509_CERT_OID, Pfx,
    safe_bag::{SafeBag, SafeContents},
};

use crate::{Certificate, FileFault, Use, certificate::name::text};

/// A key or a certificate, and the `localKeyId` that ties the one to the other.
pub(crate) struct Bag<T> {
    pub(crate) id: Option<Vec<u8>>,
    /// The friendly name.
    pub(crate) label: String,
    pub(crate) content: T,
}

/// What can be seen without the password.
pub(crate) struct Open {
    /// Keys; what they are is encrypted, that they are there is not.
    pub(crate) keys: Vec<Bag<()>>,
    /// Certificates, DER.
    pub(crate) certificates: Vec<Bag<Vec<u8>>>,
    /// Whether there is more that is encrypted: then what is seen decides nothing.
    pub(crate) hidden: bool,
    /// Whether the password is checked by a MAC.
    pub(crate) mac: bool,
}

/// Every certificate whose key is there too. A key without `localKeyId` belongs to the only
/// certificate that is for anything.
pub(crate) fn with_keys<'k, K>(
    keys: &'k [Bag<K>],
    certificates: &[Bag<Vec<u8>>],
) -> Vec<(&'k K, Certificate)> {
    let read = |bag: &Bag<Vec<u8>>| {
        Some(Certificate {
            id: bag.id.clone().unwrap_or_default(),
            label: bag.label.clone(),
            ..Certificate::read(&bag.content)?
        })
    };
    let useful = |certificate: &Certificate| USES.iter().any(|it| certificate.fits(*it));
    let mut pairs = Vec::new();
    for bag in certificates.iter().filter(|bag| bag.id.is_some()) {
        let key = keys.iter().find(|key| key.id == bag.id);
        pairs.extend(key.map(|key| &key.content).zip(read(bag).filter(useful)));
    }
    if let (true, [only]) = (pairs.is_empty(), keys) {
        let mut candidates = certificates.iter().filter_map(read).filter(useful);
        if let (Some(certificate), None) = (candidates.next(), candidates.next()) {
            pairs.push((&only.content, certificate));
        }
    }
    pairs
}

const USES: [Use; 3] = [Use::SignIn, Use::Sign, Use::Decrypt];

/// Reads the bags that are not encrypted. The MAC, which needs the password, is not checked.
///
/// Spec: RFC 7292 §4.
pub(crate) fn in_the_open(file: &[u8]) -> Result<Open, FileFault> {
    parse(file).map_err(|_| FileFault::NotPkcs12)
}

fn parse(file: &[u8]) -> der::Result<Open> {
    let file = Pfx::from_der(file)?;
    let mac = file.mac_data.is_some();
    let mut open = Open {
        keys: Vec::new(),
        certificates: Vec::new(),
        hidden: false,
        mac,
    };
    for safe in Vec::<ContentInfo>::from_der(&data(&file.auth_safe)?)? {
        if safe.content_type != DATA {
            open.hidden = true;
            continue;
        }
        for bag in SafeContents::from_der(&data(&safe)?)? {
            open.take(&bag)?;
        }
    }
    Ok(open)
}

impl Open {
    fn take(&mut self, bag: &SafeBag) -> der::Result<()> {
        let (id, label) = (local_key_id(bag), friendly_name(bag));
        match bag.bag_id {
            PKCS_12_KEY_BAG_OID | PKCS_12_PKCS8_KEY_BAG_OID => {
                self.keys.push(Bag {
                    id,
                    label,
                    content: (),
                });
            }
            PKCS_12_CERT_BAG_OID => {
                let bag = ContextSpecific::<CertBag>::from_der(&bag.bag_value)?.value;
                if bag.cert_id == PKCS_12_X509_CERT_OID {
                    self.certificates.push(Bag {
                        id,
                        label,
                        content: bag.cert_value.into_bytes().into(),
                    });
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn data(info: &ContentInfo) -> der::Result<Vec<u8>> {
    Ok(OctetString::from_der(&info.content.to_der()?)?
        .into_bytes()
        .into())
}

fn local_key_id(bag: &SafeBag) -> Option<Vec<u8>> {
    let value = attribute(bag, LOCAL_KEY_ID)?.decode_as::<OctetString>();
    Some(value.ok()?.into_bytes().into())
}

fn friendly_name(bag: &SafeBag) -> String {
    attribute(bag, FRIENDLY_NAME).map_or_else(String::new, |value| text(&value))
}

fn attribute(bag: &SafeBag, kind: ObjectIdentifier) -> Option<Any> {
    let mut attributes = bag.bag_attributes.as_ref()?.iter();
    let attribute = attributes.find(|it| it.oid == kind)?;
    attribute.values.iter().next().cloned()
}

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const FRIENDLY_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.20");
const LOCAL_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.21");
