//! Signing in.

use serde::{Deserialize, Serialize};

use super::{MAX_BODY, RequestError, Wanted, parse};
use crate::Challenge;

/// `POST /v1/sign-in`. It has no origin field: who asks is what the browser says.
///
/// Spec: docs/protocol.md, "Sign in".
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct SignInRequest {
    /// What the server wants signed.
    pub challenge: Challenge,
    /// Which certificates it takes.
    #[serde(flatten)]
    pub wanted: Wanted,
}

impl SignInRequest {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`], [`RequestError::Json`], [`RequestError::Challenge`],
    /// [`RequestError::Field`].
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Wire {
            challenge: String,
            issuers: Option<Vec<String>>,
        }
        let wire: Wire = parse(body, MAX_BODY)?;
        Ok(Self {
            challenge: wire.challenge.parse()?,
            wanted: Wanted::parse(wire.issuers, None)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_has_a_challenge_maybe_issuers_and_nothing_else() {
        let challenge = Challenge::from_random([1; 32]);
        let text = challenge.as_str();
        for body in [
            format!(r#"{{"challenge":"{text}"}}"#),
            format!(r#"{{"challenge":"{text}","issuers":["MAA="]}}"#),
        ] {
            let parsed = SignInRequest::parse(body.as_bytes()).unwrap();
            assert_eq!(parsed.challenge, challenge);
            assert_eq!(serde_json::to_string(&parsed).unwrap(), body);
        }

        for odd in [
            String::new(),
            "[]".to_owned(),
            "{}".to_owned(),
            format!(r#"{{"challenge":"{text}","origin":"https://evil.example"}}"#),
            format!(r#"{{"challenge":"{text}","pin":"1234"}}"#),
            format!(r#"{{"challenge":"{text}","certificate":"AAAA"}}"#),
            format!(r#"{{"challenge":"{text}","challenge":"{text}"}}"#),
            format!(r#"{{"challenge":"{text}"}} x"#),
            r#"{"challenge":"\ud800"}"#.to_owned(),
            r#"{"challenge":1}"#.to_owned(),
        ] {
            let parsed = SignInRequest::parse(odd.as_bytes());
            assert!(matches!(parsed, Err(RequestError::Json(_))), "{odd}");
        }
        let short = SignInRequest::parse(br#"{"challenge":"AAAA"}"#);
        assert!(matches!(short, Err(RequestError::Challenge(_))));
        let large = vec![b' '; MAX_BODY + 1];
        assert!(matches!(
            SignInRequest::parse(&large),
            Err(RequestError::TooLarge { .. })
        ));
    }
}
