//! Windows' stores of authorities, the machine's and a person's.
//!
//! Adding to a person's own asks that person, in a dialog of Windows; so does removing.
//!
//! Spec: Win32 "Certificate Store Functions", "System Store Locations".
#![allow(unsafe_code, reason = "all of it is the system's own functions")]

use std::{
    io::{Error, ErrorKind, Result},
    ptr::{null, null_mut},
};

use windows_sys::{
    Win32::{
        Foundation::CRYPT_E_NOT_FOUND,
        Security::Cryptography::{
            CERT_CONTEXT, CERT_FIND_EXISTING, CERT_STORE_ADD_USE_EXISTING,
            CERT_STORE_PROV_SYSTEM_W, CERT_STORE_READONLY_FLAG, CERT_SYSTEM_STORE_CURRENT_USER,
            CERT_SYSTEM_STORE_LOCAL_MACHINE, CertAddEncodedCertificateToStore, CertCloseStore,
            CertCreateCertificateContext, CertDeleteCertificateFromStore,
            CertFindCertificateInStore, CertFreeCertificateContext, CertOpenStore, HCERTSTORE,
            X509_ASN_ENCODING,
        },
    },
    core::w,
};

/// A store called ROOT.
#[derive(Clone, Copy, Debug)]
pub struct Roots {
    place: u32,
}

impl Roots {
    /// The machine's, which administrators alone can change.
    #[must_use]
    pub fn of_the_machine() -> Self {
        let place = CERT_SYSTEM_STORE_LOCAL_MACHINE;
        Self { place }
    }

    /// What this person trusts: the person's own, and the machine's.
    #[must_use]
    pub fn of_this_person() -> Self {
        let place = CERT_SYSTEM_STORE_CURRENT_USER;
        Self { place }
    }

    /// Whether exactly this certificate (DER) is in it.
    ///
    /// # Errors
    /// The system's; [`ErrorKind::InvalidData`] for what is no certificate.
    pub fn has(self, der: &[u8]) -> Result<bool> {
        let store = Store::open(self.place | CERT_STORE_READONLY_FLAG)?;
        Ok(store.find(der)?.is_some())
    }

    /// Adds the certificate (DER), if it is not there.
    ///
    /// # Errors
    /// The system's.
    pub fn insert(self, der: &[u8]) -> Result<()> {
        let store = Store::open(self.place)?;
        let length = u32::try_from(der.len()).map_err(|_| ErrorKind::InvalidData)?;
        // SAFETY: the store is open; `der` has that length; no context is asked for.
        let added = unsafe {
            CertAddEncodedCertificateToStore(
                store.0,
                X509_ASN_ENCODING,
                der.as_ptr(),
                length,
                CERT_STORE_ADD_USE_EXISTING,
                null_mut(),
            )
        };
        match added {
            0 => Err(Error::last_os_error()),
            _ => Ok(()),
        }
    }

    /// Takes it out, if it is there.
    ///
    /// # Errors
    /// The system's.
    pub fn remove(self, der: &[u8]) -> Result<()> {
        let store = Store::open(self.place)?;
        let Some(found) = store.find(der)? else {
            return Ok(());
        };
        let context = found.0;
        // The call frees it, whether it succeeds or not.
        std::mem::forget(found);
        // SAFETY: it is a certificate of an open store.
        match unsafe { CertDeleteCertificateFromStore(context) } {
            0 => Err(Error::last_os_error()),
            _ => Ok(()),
        }
    }
}

struct Store(HCERTSTORE);

impl Store {
    fn open(flags: u32) -> Result<Self> {
        // SAFETY: the name of a system store, which ends with a zero, is what this provider takes.
        let store =
            unsafe { CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, flags, w!("ROOT").cast()) };
        match store.is_null() {
            true => Err(Error::last_os_error()),
            false => Ok(Self(store)),
        }
    }

    fn find(&self, der: &[u8]) -> Result<Option<Certificate>> {
        let length = u32::try_from(der.len()).map_err(|_| ErrorKind::InvalidData)?;
        // SAFETY: `der` has that length.
        let wanted =
            unsafe { CertCreateCertificateContext(X509_ASN_ENCODING, der.as_ptr(), length) };
        if wanted.is_null() {
            return Err(ErrorKind::InvalidData.into());
        }
        let wanted = Certificate(wanted);
        // SAFETY: the store is open, and the context lives; this search takes one.
        let found = unsafe {
            CertFindCertificateInStore(
                self.0,
                X509_ASN_ENCODING,
                0,
                CERT_FIND_EXISTING,
                wanted.0.cast(),
                null(),
            )
        };
        if !found.is_null() {
            return Ok(Some(Certificate(found)));
        }
        let error = Error::last_os_error();
        match error.raw_os_error() {
            Some(CRYPT_E_NOT_FOUND) => Ok(None),
            _ => Err(error),
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // SAFETY: it is open, and closed once.
        unsafe { CertCloseStore(self.0, 0) };
    }
}

/// A context of a certificate, freed when dropped.
struct Certificate(*mut CERT_CONTEXT);

impl Drop for Certificate {
    fn drop(&mut self) {
        // SAFETY: it is one of the system's, and freed once.
        unsafe { CertFreeCertificateContext(self.0) };
    }
}
