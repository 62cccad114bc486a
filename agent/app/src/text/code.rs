//! What a page is told, in a person's words: the cause, and beneath it ([`Message::next`]) what to do.

use chop_protocol::ErrorCode;

use super::{Message, message};

/// The words of a code.
#[must_use]
pub fn of(code: ErrorCode) -> Message {
    match code {
        ErrorCode::InvalidRequest => message("code-invalid-request"),
        ErrorCode::WrongHost => message("code-wrong-host"),
        ErrorCode::OriginRefused => message("code-origin-refused"),
        ErrorCode::NotFound => message("code-not-found"),
        ErrorCode::MethodNotAllowed => message("code-method-not-allowed"),
        ErrorCode::UnsupportedMediaType => message("code-unsupported-media-type"),
        ErrorCode::TooLarge => message("code-too-large"),
        ErrorCode::TicketRefused => message("code-ticket-refused"),
        ErrorCode::Busy => message("code-busy"),
        ErrorCode::CoolingDown => message("code-cooling-down"),
        ErrorCode::NoDisplay => message("code-no-display"),
        ErrorCode::NoAgent => message("code-no-agent"),
        ErrorCode::UserRefused => message("code-user-refused"),
        ErrorCode::UserTimeout => message("code-user-timeout"),
        ErrorCode::NoReader => message("code-no-reader"),
        ErrorCode::NoCard => message("code-no-card"),
        ErrorCode::NoCertificate => message("code-no-certificate"),
        ErrorCode::PinWrong => message("code-pin-wrong"),
        ErrorCode::PinLocked => message("code-pin-locked"),
        ErrorCode::CardRemoved => message("code-card-removed"),
        ErrorCode::CardFault => message("code-card-fault"),
        ErrorCode::Unsupported => message("code-unsupported"),
        ErrorCode::NotDecrypted => message("code-not-decrypted"),
        // `AgentFault`, and codes that are newer than these words: the test below names them.
        _ => message("code-agent-fault"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    #[test]
    fn every_code_has_a_cause_and_a_next_step_of_its_own_in_every_language() {
        for language in [Language::CHINESE, Language::ENGLISH] {
            let mut said = Vec::new();
            for code in ErrorCode::ALL {
                let (cause, next) = (of(code), of(code).next());
                for words in [language.say(&cause), language.say(&next)] {
                    assert!(!words.starts_with("code-"), "{language}: {code:?}");
                }
                said.push(language.say(&cause));
            }
            said.sort_unstable();
            let all = said.len();
            said.dedup();
            assert_eq!(said.len(), all, "{language}: two codes say the same");
        }
    }
}
