//! Requests and answers of the native protocol, but for the assertion and the problem.

use serde::{Deserialize, Serialize};

use crate::{Challenge, ChallengeError, Origin, OriginError, PROTOCOL_VERSION, Plain};

/// The largest request body, in bytes.
///
/// Spec: docs/protocol.md, "Limits".
pub const MAX_BODY: usize = 8192;

/// Why a request body is not understood.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// More than [`MAX_BODY`] bytes.
    #[error("the body has {length} bytes, at most {MAX_BODY} are taken")]
    TooLarge {
        /// How many there were.
        length: usize,
    },
    /// Not JSON, a field missing, given twice, or one that the protocol does not have.
    #[error("the body is not the JSON of this request")]
    Json(#[source] serde_json::Error),
    /// The challenge is not one.
    #[error(transparent)]
    Challenge(#[from] ChallengeError),
    /// The origin that the popup page reports may not ask.
    #[error(transparent)]
    Origin(#[from] OriginError),
}

/// `POST /v1/sign-in`. It has no origin field: who asks is what the browser says.
///
/// Spec: docs/protocol.md, "Sign in".
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct SignInRequest {
    /// What the server wants signed.
    pub challenge: Challenge,
}

impl SignInRequest {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// [`RequestError`], but for its `Origin`.
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Wire {
            challenge: String,
        }
        let wire: Wire = parse(body)?;
        Ok(Self {
            challenge: wire.challenge.parse()?,
        })
    }
}

/// `POST /v1/bridge/tickets`: the agent's own popup page reports which origin opened it.
///
/// Spec: docs/protocol.md, "The popup".
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct BridgeTicketRequest {
    /// `event.origin` of the message that the opener sent.
    pub origin: Origin,
}

impl BridgeTicketRequest {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// [`RequestError`], but for its `Challenge`.
    pub fn parse(body: &[u8], plain: Plain) -> Result<Self, RequestError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Wire {
            origin: String,
        }
        let wire: Wire = parse(body)?;
        Ok(Self {
            origin: Origin::parse(&wire.origin, plain)?,
        })
    }
}

/// The answer to a [`BridgeTicketRequest`]: good for one request, for ten seconds.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct BridgeTicket {
    /// 32 random bytes, standard base64; sent back in the header `chop-ticket`.
    pub ticket: String,
}

/// `GET /v1/info`: that an agent is here and what it speaks, a constant.
///
/// Spec: docs/protocol.md, "Finding the agent".
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Greeting {
    /// Always `chop`.
    pub agent: &'static str,
    /// The protocol versions spoken, lowest and highest.
    pub protocol: [u32; 2],
}

impl Greeting {
    /// The only greeting there is.
    pub const OURS: Self = Self {
        agent: "chop",
        protocol: [PROTOCOL_VERSION, PROTOCOL_VERSION],
    };
}

fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, RequestError> {
    if body.len() > MAX_BODY {
        return Err(RequestError::TooLarge { length: body.len() });
    }
    serde_json::from_slice(body).map_err(RequestError::Json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_has_a_challenge_and_nothing_else() {
        let challenge = Challenge::from_random([1; 32]);
        let body = format!(r#"{{"challenge":"{}"}}"#, challenge.as_str());
        assert_eq!(
            SignInRequest::parse(body.as_bytes()).unwrap().challenge,
            challenge
        );

        let text = challenge.as_str();
        for odd in [
            String::new(),
            "[]".to_owned(),
            "{}".to_owned(),
            format!(r#"{{"challenge":"{text}","origin":"https://evil.example"}}"#),
            format!(r#"{{"challenge":"{text}","pin":"1234"}}"#),
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

    #[test]
    fn a_ticket_is_for_an_origin_that_may_ask() {
        let parse = |body: &str| BridgeTicketRequest::parse(body.as_bytes(), Plain::Never);
        assert!(parse(r#"{"origin":"https://bank.example"}"#).is_ok());
        for odd in ["null", "http://bank.example", "https://bank.example/"] {
            let parsed = parse(&format!(r#"{{"origin":"{odd}"}}"#));
            assert!(matches!(parsed, Err(RequestError::Origin(_))), "{odd}");
        }
    }
}
