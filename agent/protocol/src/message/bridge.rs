//! Tickets of the popup page.

use serde::{Deserialize, Serialize};

use super::{MAX_BODY, RequestError, parse};
use crate::{Origin, Plain};

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
    /// [`RequestError::TooLarge`], [`RequestError::Json`], [`RequestError::Origin`].
    pub fn parse(body: &[u8], plain: Plain) -> Result<Self, RequestError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Wire {
            origin: String,
        }
        let wire: Wire = parse(body, MAX_BODY)?;
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

#[cfg(test)]
mod tests {
    use super::*;

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
