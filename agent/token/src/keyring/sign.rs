//! Signatures, from the agent's side.

use super::{
    Keyring, Signed,
    operation::{Operation, Step},
};
use crate::{
    Certificate, Error, KeyId, KeyKind, Messages, Pin, Signing, Use, WorkerSource,
    check::{self, Care},
    wire::{Reply, Request, What},
};

impl Keyring {
    /// Signs a login: logs in, signs and logs out. The PIN is used for one try, whatever happens.
    ///
    /// # Errors
    /// [`Error`], each variant as it says. Dropping the future ends the operation, and the worker
    /// with it.
    pub async fn sign_in(
        &self,
        key: &KeyId,
        pin: &Pin,
        messages: &Messages,
    ) -> Result<Signed, Error> {
        let signer = self.signer(key, Use::SignIn)?;
        let certificate = signer.certificate.as_ref();
        let (operation, wire) = self.operation_with(key, certificate, Use::SignIn)?;
        if let WorkerSource::Pkcs12(_) = operation.host().source() {
            // The kind of its key may be hidden, so it gets all three and checks by itself.
            let request = Request::Sign(wire, What::Login(messages.clone()));
            let each = |reply, _| match reply {
                Reply::Signed {
                    certificate,
                    kind,
                    signature,
                } => Step::Last(Signed {
                    certificate,
                    key: kind,
                    signature,
                }),
                _ => Step::Nonsense,
            };
            return operation.ask(&request, &[pin], each).await;
        }
        let certificate = certificate.ok_or(Error::KeyGone)?;
        let kind = certificate.key.ok_or(Error::Unsupported)?;
        let message = messages.fitting(kind);
        let request = Request::Sign(wire, What::Each(vec![message.clone()]));
        let each = |reply, _| match reply {
            Reply::Signature(signature) => Step::Last(signature),
            _ => Step::Nonsense,
        };
        let signature = operation.ask(&request, &[pin], each).await?;
        check(
            &operation,
            certificate,
            kind,
            &message,
            &signature,
            Care::Quick,
        )?;
        Ok(Signed {
            certificate: certificate.der.clone(),
            key: kind,
            signature,
        })
    }

    /// Signs each message with the key of a certificate, under one entry of the PIN; `progress` is
    /// told how many are done. The signatures are in the order of the messages: PKCS #1 blocks, or
    /// `r ‖ s` of fixed width.
    ///
    /// # Errors
    /// [`Error`], each variant as it says; then there is no signature at all.
    /// [`Error::Unsupported`] if the key or its module cannot sign so. Dropping the future ends the
    /// operation, and the worker with it.
    pub async fn sign(
        &self,
        key: &KeyId,
        certificate: &Certificate,
        pin: &Pin,
        messages: &[Signing],
        mut progress: impl FnMut(usize),
    ) -> Result<Vec<Vec<u8>>, Error> {
        let kind = certificate.key.ok_or(Error::Unsupported)?;
        if messages.iter().any(|message| !message.scheme.suits(kind)) {
            return Err(Error::Unsupported);
        }
        let (operation, wire) = self.operation_with(key, Some(certificate), Use::Sign)?;
        let mut signatures = Vec::with_capacity(messages.len());
        if messages.is_empty() {
            return Ok(signatures);
        }
        let request = Request::Sign(wire, What::Each(messages.to_vec()));
        let each = |reply, _| match reply {
            Reply::Signature(signature) => {
                signatures.push(signature);
                progress(signatures.len());
                match signatures.len() == messages.len() {
                    true => Step::Last(()),
                    false => Step::More,
                }
            }
            _ => Step::Nonsense,
        };
        operation.ask(&request, &[pin], each).await?;
        for (message, signature) in messages.iter().zip(&signatures) {
            check(
                &operation,
                certificate,
                kind,
                message,
                signature,
                Care::Full,
            )?;
        }
        Ok(signatures)
    }

    /// The certificate of a file that hides it: the first in it that fits.
    ///
    /// # Errors
    /// As [`Keyring::sign`].
    pub async fn reveal(&self, key: &KeyId, pin: &Pin, wanted: Use) -> Result<Certificate, Error> {
        let (operation, _) = self.operation_with(key, None, wanted)?;
        let each = |reply, _| match reply {
            Reply::Revealed(certificate) => {
                certificate.read_anew().map_or(Step::Nonsense, Step::Last)
            }
            _ => Step::Nonsense,
        };
        let request = Request::Reveal(wanted);
        operation.ask(&request, &[pin], each).await
    }
}

fn check(
    operation: &Operation<'_>,
    certificate: &Certificate,
    kind: KeyKind,
    message: &Signing,
    signature: &[u8],
    care: Care,
) -> Result<(), Error> {
    match check::is_by((kind, &certificate.public_key), message, signature, care) {
        true => Ok(()),
        false => {
            operation.distrust();
            Err(Error::NotASignature)
        }
    }
}
