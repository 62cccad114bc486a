//! Sentences of the windows that a site's request opens.

use chop_service::{Choice, Ending, Purpose, Scope, View};
use time::{Date, OffsetDateTime};

use super::{Language, Message, message};
use crate::{issuer::CardKind, prompt::wire::CallerKind};

/// The window's title, which task bars and screen readers show: what it is at, and for whom.
#[must_use]
pub fn title(language: Language, at: &Message, origin: &str) -> String {
    let site = origin.strip_prefix("https://").unwrap_or(origin);
    language.say(
        &message("title-of")
            .with("at", at.clone())
            .with("site", site.to_owned()),
    )
}

/// What the title says the window is at.
pub mod titles {
    use chop_service::{Notice, Purpose};

    use super::super::{Message, message};

    /// Looking for the card.
    pub const LOOKING: Message = message("title-looking");
    /// Waiting for the service, a reader or a card.
    pub const WAITING: Message = message("title-waiting");
    /// The card is locked.
    pub const LOCKED: Message = message("title-locked");
    /// The person types on the reader.
    pub const ON_READER: Message = message("title-on-reader");
    /// Waiting for another password of a file.
    pub const PASSWORD_WRONG: Message = message("title-wrong-password");
    /// It is over.
    pub const ENDED: Message = message("title-ended");

    /// Waiting for the PIN, or the person's yes.
    #[must_use]
    pub fn enter(purpose: &Purpose) -> Message {
        match purpose {
            Purpose::SignIn => message("title-sign-in"),
            Purpose::Test => message("title-test"),
            Purpose::ReadCertificates => message("title-certificates"),
            Purpose::Sign { .. } => message("title-sign"),
            Purpose::Decrypt { .. } => message("title-decrypt"),
            Purpose::Access { .. } => message("title-access"),
        }
    }

    /// Waiting for another PIN.
    #[must_use]
    pub fn again(notice: Notice) -> Message {
        match notice {
            Notice::PinWrong { .. } => message("title-wrong"),
            Notice::PinLength => message("title-length"),
        }
    }

    /// The card is at work.
    #[must_use]
    pub fn working(purpose: &Purpose) -> Message {
        match purpose {
            Purpose::SignIn | Purpose::Test | Purpose::Sign { .. } => message("title-signing"),
            Purpose::ReadCertificates | Purpose::Access { .. } => message("title-reading"),
            Purpose::Decrypt { .. } => message("title-decrypting"),
        }
    }
}

/// Above the origin.
#[must_use]
pub(crate) fn who_asks(purpose: &Purpose, caller: CallerKind) -> Message {
    match (purpose, caller) {
        (Purpose::SignIn, _) => message("who-sign-in"),
        (Purpose::Test, _) => message("who-test"),
        (Purpose::ReadCertificates, _) => message("who-certificates"),
        (Purpose::Sign { .. }, _) => message("who-sign"),
        (Purpose::Decrypt { .. }, _) => message("who-decrypt"),
        (Purpose::Access { .. }, CallerKind::Program) => message("who-access-program"),
        (Purpose::Access { .. }, _) => message("who-access-site"),
    }
}

/// Beneath the origin.
#[must_use]
pub fn asks(purpose: &Purpose) -> Message {
    match purpose {
        Purpose::SignIn => message("asks-sign-in"),
        Purpose::Test => message("asks-test"),
        Purpose::ReadCertificates => message("asks-certificates"),
        Purpose::Sign { documents } => message("asks-sign").with("count", documents.len()),
        Purpose::Decrypt { size } => message("asks-decrypt").with("size", file_size(*size)),
        Purpose::Access { scope, .. } => match scope {
            Scope::Read => message("asks-access-read"),
            Scope::Sign => message("asks-access-sign"),
            Scope::Decrypt => message("asks-access-decrypt"),
            Scope::ChangePin => message("asks-access-pin"),
        },
    }
}

/// What a yes to a site or program means.
#[must_use]
pub fn access_means(scope: Scope) -> Vec<Message> {
    let sees = message("access-sees");
    match scope {
        Scope::Read => vec![sees],
        Scope::Sign => vec![sees, message("access-signs")],
        Scope::Decrypt => vec![sees, message("access-decrypts")],
        Scope::ChangePin => vec![sees, message("access-changes-pin")],
    }
}

/// The page is not encrypted.
pub const PLAIN: Message = message("plain-page");
/// Beside the box: what is decided lasts.
pub const FROM_NOW_ON: Message = message("from-now-on");
/// No, from now on.
pub const BLOCK: Message = message("block");

/// Accepts.
#[must_use]
pub fn accept(purpose: &Purpose) -> Message {
    match purpose {
        Purpose::SignIn => message("accept-sign-in"),
        Purpose::Test => message("accept-test"),
        Purpose::ReadCertificates => message("accept-certificates"),
        Purpose::Sign { .. } => message("accept-sign"),
        Purpose::Decrypt { .. } => message("accept-decrypt"),
        Purpose::Access { .. } => message("accept-access"),
    }
}

/// The program's name.
pub const PROGRAM: Message = message("program");
/// Declines.
pub const CANCEL: Message = message("cancel");
/// Closes a window that has nothing more to ask.
pub const CLOSE: Message = message("close");
/// Stops a card that is at work on several things.
pub const STOP: Message = message("stop");

/// A document's name, marked as somebody else's words.
#[must_use]
pub fn document_name(name: &str) -> Message {
    message("document-name").with("name", name.to_owned())
}

/// A size.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "rounded to three digits")]
pub fn file_size(bytes: usize) -> String {
    match bytes {
        0..1000 => format!("{bytes} B"),
        1000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// Beneath documents of which one is a short text.
pub const MAY_BE_A_LOGIN: Message = message("may-be-a-login");

/// How the search for a card goes, and how its work.
#[must_use]
pub fn status(view: &View, purpose: &Purpose) -> Message {
    match view {
        View::Looking | View::Deciding | View::Ready { .. } => message("looking"),
        View::ServiceDown => message("service-down"),
        View::NoReader => message("no-reader"),
        View::NoCard => message("no-card"),
        View::NoCertificate { .. } => match purpose {
            Purpose::SignIn | Purpose::Test => message("no-certificate-sign-in"),
            Purpose::ReadCertificates | Purpose::Access { .. } => {
                message("no-certificate-certificates")
            }
            Purpose::Sign { .. } => message("no-certificate-sign"),
            Purpose::Decrypt { .. } => message("no-certificate-decrypt"),
        },
        View::OnReader => message("on-reader"),
        View::Working { done, total } => {
            message("working").with("done", *done).with("total", *total)
        }
        View::Checking => match purpose {
            Purpose::SignIn | Purpose::Test | Purpose::Sign { .. } => message("signing"),
            Purpose::ReadCertificates | Purpose::Access { .. } => message("reading"),
            Purpose::Decrypt { .. } => message("decrypting"),
        },
    }
}

/// How it ended.
#[must_use]
pub fn ending(ending: Ending, purpose: &Purpose) -> Message {
    match (ending, purpose) {
        (Ending::Done, Purpose::SignIn | Purpose::Test | Purpose::Sign { .. }) => {
            message("done-sign")
        }
        (Ending::Done, Purpose::ReadCertificates) => message("done-certificates"),
        (Ending::Done, Purpose::Decrypt { .. }) => message("done-decrypt"),
        (Ending::Done, Purpose::Access { .. }) => message("done-access"),
        (Ending::Unsupported, _) => message("ended-unsupported"),
        (Ending::NotDecrypted, _) => message("ended-not-decrypted"),
        (Ending::CardRemoved, _) => message("ended-card-removed"),
        (Ending::CardFault | Ending::PageGone, _) => message("ended-card-fault"),
    }
}

/// Above the list of certificates.
pub const CHOOSE: Message = message("choose");
/// Instead of the holder, where a file hides its certificate.
pub const HIDDEN_HOLDER: Message = message("hidden-holder");
/// Beneath it.
pub const HIDDEN_CERTIFICATE: Message = message("hidden-certificate");
/// A mark beside a locked card in the list.
pub const LOCKED_TAG: Message = message("locked-tag");
/// A mark beside a card with one try left.
pub const LAST_TRY_TAG: Message = message("last-try-tag");
/// Opens the details of a certificate.
pub const DETAILS_SHOW: Message = message("details-show");
/// Closes them.
pub const DETAILS_HIDE: Message = message("details-hide");

/// What a kind of card is called.
#[must_use]
pub fn kind(kind: CardKind) -> Message {
    match kind {
        CardKind::Citizen => message("kind-citizen"),
        CardKind::Company => message("kind-company"),
        CardKind::Government => message("kind-government"),
        CardKind::Organization => message("kind-organization"),
        CardKind::Medical => message("kind-medical"),
    }
}

/// What stands in a certificate.
pub mod details {
    use super::super::{Message, message};

    /// The subject's name.
    pub const SUBJECT: Message = message("detail-subject");
    /// The issuer's name.
    pub const ISSUER: Message = message("detail-issuer");
    /// The serial number.
    pub const SERIAL: Message = message("detail-serial");
    /// The start of validity.
    pub const FROM: Message = message("detail-from");
    /// The end of validity.
    pub const UNTIL: Message = message("detail-until");
    /// The kind of key.
    pub const KEY: Message = message("detail-key");
    /// A kind that is used for nothing here.
    pub const OTHER_KEY: Message = message("key-other");
    /// What it may be used for.
    pub const USES: Message = message("detail-uses");
    /// Signing in.
    pub const SIGN_IN: Message = message("use-sign-in");
    /// Signing documents.
    pub const SIGN: Message = message("use-sign");
    /// Decrypting.
    pub const DECRYPT: Message = message("use-decrypt");
    /// Nothing of these.
    pub const NO_USE: Message = message("use-none");
    /// The digest of the whole.
    pub const FINGERPRINT: Message = message("detail-fingerprint");
    /// The token and its reader.
    pub const PLACE: Message = message("detail-place");
    /// It cannot be read.
    pub const UNREADABLE: Message = message("unreadable-certificate");
}

/// Above the PIN field.
pub const PIN: Message = message("pin");
/// Above the PIN field when it is for a file.
pub const PASSWORD: Message = message("password");
/// The PIN is not entered here.
pub const KEYPAD: Message = message("keypad");

/// The PIN was wrong.
#[must_use]
pub fn pin_wrong(tries_left: Option<u8>) -> Message {
    match tries_left {
        None => message("pin-wrong"),
        Some(left) => message("pin-wrong-left").with("left", left),
    }
}

/// The password of a file was wrong.
pub const PASSWORD_WRONG: Message = message("password-wrong");

/// The card did not take the length.
pub const PIN_LENGTH: Message = message("pin-length");

/// Beside the field, where the card tells.
#[must_use]
pub fn tries_left(left: u8) -> Message {
    message("tries-left").with("left", left)
}

/// In the empty field: how long the PIN is. `None` where every length will do.
#[must_use]
pub fn pin_length(shortest: usize, longest: usize) -> Option<Message> {
    match (shortest, longest) {
        (_, longest) if longest > 32 => None,
        (shortest, longest) if shortest >= longest => {
            Some(message("length-exactly").with("longest", longest))
        }
        _ => Some(
            message("length-between")
                .with("shortest", shortest)
                .with("longest", longest),
        ),
    }
}

/// One try is left.
pub const LAST_TRY: Message = message("last-try");
/// The last try has to be confirmed.
pub const I_UNDERSTAND: Message = message("i-understand");

/// A card takes no PIN any more.
pub const LOCKED: Message = message("locked");

/// Where to unlock it: each kind of card has a place of its own.
#[must_use]
pub fn unlock(choice: &Choice) -> Message {
    unlock_kind(CardKind::of_issuer(&choice.issuer))
}

/// The same, of a kind of card.
#[must_use]
pub fn unlock_kind(kind: Option<CardKind>) -> Message {
    match kind {
        Some(CardKind::Citizen) => message("locked-citizen"),
        Some(CardKind::Company) => message("locked-company"),
        Some(CardKind::Government) => message("locked-government"),
        Some(CardKind::Organization) => message("locked-organization"),
        Some(CardKind::Medical) => message("locked-medical"),
        None => message("locked-other"),
    }
}

/// The countdown: minutes while there is time, so that nobody is hurried.
#[must_use]
pub fn time_left(seconds: u64) -> Message {
    if seconds > 60 {
        return message("minutes-left").with("minutes", seconds.div_ceil(60));
    }
    message("seconds-left").with("seconds", seconds)
}

/// The end of validity. Both times are seconds since 1970; the date is Taiwan's.
#[must_use]
pub fn valid_until(not_after: i64, now: i64) -> Message {
    let day = taiwan_date(not_after);
    if not_after < now {
        return message("expired-on").with("day", day);
    }
    message("valid-until").with("day", day)
}

/// The day in Taiwan of a moment in seconds since 1970.
#[must_use]
pub fn taiwan_date(seconds: i64) -> String {
    let eight_hours = time::Duration::hours(8);
    let date = OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|time| time.checked_add(eight_hours))
        .map_or(Date::MAX, OffsetDateTime::date);
    format!(
        "{}-{:02}-{:02}",
        date.year(),
        u8::from(date.month()),
        date.day()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZH: Language = Language::CHINESE;
    const EN: Language = Language::ENGLISH;

    #[test]
    fn tries_are_counted_in_both_languages() {
        assert_eq!(ZH.say(&pin_wrong(Some(2))), "PIN 碼錯誤，還可以再試 2 次");
        assert_eq!(EN.say(&pin_wrong(Some(2))), "Wrong PIN, 2 tries left");
        assert_eq!(EN.say(&tries_left(1)), "1 try left");
        assert_eq!(EN.say(&pin_wrong(None)), "Wrong PIN, please enter it again");
    }

    #[test]
    fn a_certificate_ends_on_the_day_it_ends_in_taiwan() {
        // 2027-03-31 15:59:59 UTC is the last second of that day in Taipei.
        assert_eq!(taiwan_date(1_806_508_799), "2027-03-31");
        assert_eq!(taiwan_date(1_806_508_800), "2027-04-01");
        assert_eq!(taiwan_date(i64::MAX), "9999-12-31");
        let expired = valid_until(1_806_508_799, 1_806_508_800);
        assert_eq!(EN.say(&expired), "expired on 2027-03-31");
    }

    #[test]
    fn the_length_is_said_only_where_it_helps() {
        assert_eq!(ZH.say(&pin_length(6, 8).unwrap()), "6 至 8 碼");
        assert_eq!(EN.say(&pin_length(6, 6).unwrap()), "6 characters");
        assert_eq!(pin_length(1, 255), None);
    }

    #[test]
    fn nobody_is_hurried_while_there_are_minutes() {
        assert_eq!(EN.say(&time_left(119)), "about 2 minutes left");
        assert_eq!(EN.say(&time_left(60)), "60 seconds left");
        assert_eq!(EN.say(&time_left(1)), "1 second left");
        assert_eq!(ZH.say(&time_left(600)), "剩約 10 分鐘");
    }
}
