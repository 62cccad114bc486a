//! What a page may learn when there is no assertion.

use serde::{Deserialize, Serialize};

/// The stable code of a refusal or failure. Codes are never renamed or reused.
///
/// Those after `user_refused` depend on readers, cards or PIN; they leave the agent only once the
/// person has answered or closed a window.
///
/// Spec: docs/protocol.md, "Errors".
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorCode {
    /// The request is not what the protocol says; the page has a bug.
    InvalidRequest,
    /// The `Host` is not the agent's: DNS rebinding, or a wrong address.
    WrongHost,
    /// No `Origin`, or one that may not ask.
    OriginRefused,
    /// No such path.
    NotFound,
    /// The path exists, the method does not fit.
    MethodNotAllowed,
    /// The body is not `application/json`.
    UnsupportedMediaType,
    /// The body or the headers are larger than the protocol allows.
    TooLarge,
    /// The popup's one-time ticket is missing, spent or too old.
    TicketRefused,
    /// A window is open already, for this page or another.
    Busy,
    /// Windows of this site ended badly too often; `retry_after` says how long to wait.
    CoolingDown,
    /// There is no display to show a window on.
    NoDisplay,
    /// The agent itself failed; its log has the cause.
    AgentFault,
    /// The machine's gate answers, and no agent runs for the person whose browser asks.
    NoAgent,

    /// The person closed the window or said no.
    UserRefused,
    /// Nobody answered the window in time.
    UserTimeout,
    /// The person closed the window that said: no card reader.
    NoReader,
    /// The person closed the window that said: no card in the reader.
    NoCard,
    /// The person closed the window that said: no certificate on the card is for this.
    NoCertificate,
    /// The PIN was wrong and the person did not try again; `tries_left` may be known.
    PinWrong,
    /// The PIN is locked.
    PinLocked,
    /// The card left the reader while it was working.
    CardRemoved,
    /// The card, or the module that drives it, failed or did not answer in time.
    CardFault,
    /// Neither the card nor its module can do what was asked.
    Unsupported,
    /// The envelope did not decrypt; nothing says why.
    NotDecrypted,
}

impl ErrorCode {
    /// Every code, for tests and tables.
    pub const ALL: [Self; 24] = [
        Self::InvalidRequest,
        Self::WrongHost,
        Self::OriginRefused,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::UnsupportedMediaType,
        Self::TooLarge,
        Self::TicketRefused,
        Self::Busy,
        Self::CoolingDown,
        Self::NoDisplay,
        Self::AgentFault,
        Self::NoAgent,
        Self::UserRefused,
        Self::UserTimeout,
        Self::NoReader,
        Self::NoCard,
        Self::NoCertificate,
        Self::PinWrong,
        Self::PinLocked,
        Self::CardRemoved,
        Self::CardFault,
        Self::Unsupported,
        Self::NotDecrypted,
    ];
}

/// The body of every answer that is not a success.
///
/// Spec: docs/protocol.md, "Errors".
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Problem {
    /// What happened.
    pub code: ErrorCode,
    /// With [`ErrorCode::PinWrong`] alone: tries before the card locks, `null` where the card
    /// does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tries_left: Option<Option<u8>>,
    /// With [`ErrorCode::CoolingDown`] alone: whole seconds until this site may ask again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

impl From<ErrorCode> for Problem {
    fn from(code: ErrorCode) -> Self {
        Self {
            code,
            tries_left: None,
            retry_after: None,
        }
    }
}

impl Problem {
    /// A wrong PIN, with what is left.
    #[must_use]
    pub fn pin_wrong(tries_left: Option<u8>) -> Self {
        Self {
            tries_left: Some(tries_left),
            ..ErrorCode::PinWrong.into()
        }
    }

    /// Too many wrong PINs from this site; `retry_after` in seconds.
    #[must_use]
    pub fn cooling_down(retry_after: u32) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..ErrorCode::CoolingDown.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_snake_case_and_all_listed() {
        assert_eq!(
            serde_json::to_string(&ErrorCode::PinWrong).unwrap(),
            "\"pin_wrong\""
        );
        let mut seen = std::collections::HashSet::new();
        assert!(ErrorCode::ALL.iter().all(|code| seen.insert(*code)));
    }

    #[test]
    fn unknown_tries_are_null_and_other_problems_have_no_tries() {
        let json = |problem: Problem| serde_json::to_string(&problem).unwrap();
        assert_eq!(
            json(Problem::pin_wrong(Some(2))),
            r#"{"code":"pin_wrong","tries_left":2}"#
        );
        assert_eq!(
            json(Problem::pin_wrong(None)),
            r#"{"code":"pin_wrong","tries_left":null}"#
        );
        assert_eq!(json(ErrorCode::NoCard.into()), r#"{"code":"no_card"}"#);
        assert_eq!(
            json(Problem::cooling_down(9)),
            r#"{"code":"cooling_down","retry_after":9}"#
        );
    }

    #[test]
    fn golden_problems_are_what_the_agent_writes() {
        let golden: serde_json::Value =
            serde_json::from_str(include_str!("../vectors/problems.json")).unwrap();
        let problems = |code| match code {
            ErrorCode::PinWrong => vec![Problem::pin_wrong(Some(2)), Problem::pin_wrong(None)],
            ErrorCode::CoolingDown => vec![Problem::cooling_down(900)],
            other => vec![other.into()],
        };
        let ours: Vec<Problem> = ErrorCode::ALL.into_iter().flat_map(problems).collect();
        assert_eq!(serde_json::to_value(ours).unwrap(), golden);
    }
}
