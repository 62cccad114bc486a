//! The bags of a PKCS #12 file.

use cms::content_info::ContentInfo;
use der::{
    Decode as _, Encode as _,
    asn1::{ContextSpecific, OctetString},
    oid::ObjectIdentifier,
};
use pkcs12::{
    CertBag, PKCS_12_CERT_BAG_OID, PKCS_12_KEY_BAG_OID, PKCS_12_PKCS8_KEY_BAG_OID,
    PKCS_12_X509_CERT_OID, Pfx,
    safe_bag::{SafeBag, SafeContents},
};

use crate::{Certificate, wire::FileFault};

/// A key or a certificate, and the `localKeyId` that ties the one to the other.
pub(super) struct Bag<T> {
    pub(super) id: Option<Vec<u8>>,
    pub(super) content: T,
}

/// What can be seen without the password.
pub(super) struct Open {
    /// Keys; what they are is encrypted, that they are there is not.
    pub(super) keys: Vec<Bag<()>>,
    /// Certificates, DER.
    pub(super) certificates: Vec<Bag<Vec<u8>>>,
    /// Whether there is more that is encrypted: then what is seen decides nothing.
    pub(super) hidden: bool,
    /// Whether the password is checked by a MAC.
    pub(super) mac: bool,
}

/// Chooses the key to sign with: the first whose certificate can sign a login. A key without
/// `localKeyId` takes the only certificate there is for that.
pub(super) fn choose<'k, K>(
    keys: &'k [Bag<K>],
    certificates: &[Bag<Vec<u8>>],
) -> Option<(&'k K, Certificate)> {
    let fit = |bag: &Bag<Vec<u8>>| Some((bag.id.clone(), Certificate::for_login(&bag.content)?));
    let mut fitting: Vec<_> = certificates.iter().filter_map(fit).collect();
    for key in keys.iter().filter(|key| key.id.is_some()) {
        if let Some(place) = fitting.iter().position(|(id, _)| *id == key.id) {
            return Some((&key.content, fitting.swap_remove(place).1));
        }
    }
    match (keys, fitting.len()) {
        ([only], 1) => Some((&only.content, fitting.pop()?.1)),
        _ => None,
    }
}

/// Reads the bags that are not encrypted. The MAC, which needs the password, is not checked.
///
/// Spec: RFC 7292 §4.
pub(super) fn in_the_open(file: &[u8]) -> Result<Open, FileFault> {
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
        let id = local_key_id(bag);
        match bag.bag_id {
            PKCS_12_KEY_BAG_OID | PKCS_12_PKCS8_KEY_BAG_OID => {
                self.keys.push(Bag { id, content: () });
            }
            PKCS_12_CERT_BAG_OID => {
                let bag = ContextSpecific::<CertBag>::from_der(&bag.bag_value)?.value;
                if bag.cert_id == PKCS_12_X509_CERT_OID {
                    self.certificates.push(Bag {
                        id,
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
    let attribute = bag
        .bag_attributes
        .as_ref()?
        .iter()
        .find(|it| it.oid == LOCAL_KEY_ID)?;
    let value = attribute.values.iter().next()?;
    Some(value.decode_as::<OctetString>().ok()?.into_bytes().into())
}

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const LOCAL_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.21");
