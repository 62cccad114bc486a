//! What can go wrong when a hierarchy is made.

/// Why something could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Something that does not fit into DER: a text of the wrong alphabet, a date beyond 9999.
    #[error("it does not fit into DER")]
    Der(#[from] der::Error),
    /// RSA keys or signatures.
    #[cfg(feature = "keys")]
    #[error("RSA failed")]
    Rsa(#[from] rsa::Error),
    /// A key in a file is not one of ours.
    #[error("it is not a private key in PKCS #8")]
    Key,
    /// The system gave no random bytes.
    #[error("the system gave no random bytes")]
    Random,
    /// A key was asked for a scheme that is not one of its kind.
    #[error("the key cannot sign in this way")]
    Scheme,
    /// JSON.
    #[error("it does not fit into JSON")]
    Json(#[from] serde_json::Error),
}
