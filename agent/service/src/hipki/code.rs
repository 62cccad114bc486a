//! The numbers that pages know: `ret_code` says what kind of fault it was, `last_error` what the
//! card said.
//!
//! Spec: docs/hicos.md, "Errors".

use std::borrow::Cow;

use chop_protocol::ErrorCode;

/// A fault as pages read it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Fault {
    /// `ret_code`.
    pub(crate) major: Major,
    /// `last_error`: a PKCS #11 `CK_RV` as a signed 32-bit number; 0 where no card spoke.
    pub(crate) minor: i32,
}

impl From<Major> for Fault {
    fn from(major: Major) -> Self {
        Self { major, minor: 0 }
    }
}

macro_rules! majors {
    ($($(#[doc = $doc:literal])* $name:ident = $code:literal, $words:literal;)*) => {
        /// Kinds of faults; the number is the `ret_code`.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub(crate) enum Major {
            $($(#[doc = $doc])* $name,)*
        }

        impl Major {
            /// Every one.
            pub(super) const ALL: &[Self] = &[$(Self::$name),*];

            /// The number.
            pub(crate) fn code(self) -> u32 {
                match self { $(Self::$name => $code),* }
            }

            /// What the person reads.
            pub(super) fn words(self) -> &'static str {
                match self { $(Self::$name => $words),* }
            }
        }
    };
}

majors! {
    /// Nothing to sign.
    NoContent = 0x7600_0003, "未輸入待簽資料";
    /// Nothing to decrypt.
    NoCipher = 0x7600_0004, "未輸入密文";
    /// No card in any reader, or not in the one that was named.
    NoCard = 0x7600_0006, "未插入IC卡";
    /// The package is no JSON.
    Json = 0x7600_000b, "JSON格式錯誤";
    /// A field makes no sense.
    Parameter = 0x7600_000c, "參數錯誤";
    /// The card gave no answer in time, or something else took too long.
    Timeout = 0x7600_000d, "執行檔錯誤或逾時";
    /// No such path or function.
    Unsupported = 0x7600_000e, "不支援的方法";
    /// Nobody who may ask.
    Untrusted = 0x7600_0031, "此網站未獲授權使用元件";
    /// No PIN.
    NoPin = 0x7600_0998, "未輸入PIN碼";
    /// The person closed the window.
    Cancelled = 0x7600_0999, "使用者取消";
    /// The module cannot be used.
    Library = 0x7610_0001, "無法載入IC卡函式庫";
    /// No reader.
    NoReader = 0x7610_0003, "沒有可用的讀卡機";
    /// The PIN was wrong, or locked: `last_error` says which.
    Login = 0x7610_0006, "IC卡登入失敗";
    /// No such certificate.
    NoCertificate = 0x7610_000c, "找不到指定的憑證";
    /// The kind of signature is none that is made here.
    SignatureType = 0x7630_0002, "不支援的簽章類型";
    /// What is to be signed must not be.
    SignatureContent = 0x7630_0003, "不允許的簽章內容";
    /// The card did not sign.
    Signing = 0x7630_0004, "簽章失敗";
    /// The message is no envelope.
    EnvelopeFormat = 0x7640_0001, "密文格式錯誤";
    /// The kind of encryption is none that is known here.
    EnvelopeType = 0x7640_0002, "不支援的解密類型";
    /// It did not decrypt.
    Decrypting = 0x7640_0003, "解密失敗";
    /// The certificate is not valid yet.
    NotYetValid = 0x7650_0001, "憑證尚未生效";
    /// The certificate has expired.
    Expired = 0x7650_0002, "憑證已過期";
    /// Not base64.
    Base64 = 0x7660_0002, "base64解碼失敗";
    /// A command without the card's number.
    NoCardNumber = 0x7730_1027, "缺少卡號";
}

/// `CKR_FUNCTION_FAILED`.
pub(super) const FUNCTION_FAILED: i32 = 0x06;
/// `CKR_DEVICE_REMOVED`.
pub(super) const DEVICE_REMOVED: i32 = 0x32;
/// `CKR_FUNCTION_CANCELED`.
const FUNCTION_CANCELED: i32 = 0x50;
/// `CKR_PIN_INCORRECT`.
pub(super) const PIN_INCORRECT: i32 = 0xa0;
/// `CKR_PIN_LEN_RANGE`.
pub(super) const PIN_LENGTH: i32 = 0xa2;
/// `CKR_PIN_LOCKED`.
pub(super) const PIN_LOCKED: i32 = 0xa4;

/// What `last_error` says of a wrong PIN. Pages know two numbers that tell the tries left.
pub(super) fn wrong_pin(left: Option<u8>) -> i32 {
    match left {
        Some(0) => PIN_LOCKED,
        Some(left @ 1..=2) => i32::MIN + i32::from(left),
        _ => PIN_INCORRECT,
    }
}

/// What a person reads of a `last_error`: nothing of none, and the number itself of a module's own,
/// as the component's table has it. Pages show it without looking whether it is there.
pub(super) fn minor_text(minor: i32) -> Option<Cow<'static, str>> {
    match (minor, minor_words(minor)) {
        (0, _) => None,
        (_, "") => Some(format!("{minor:x}").into()),
        (_, words) => Some(words.into()),
    }
}

/// The words for those that have some; empty for others.
pub(super) fn minor_words(minor: i32) -> &'static str {
    match minor {
        FUNCTION_FAILED => "卡片或驅動程式執行失敗",
        DEVICE_REMOVED => "卡片已被取出",
        FUNCTION_CANCELED => "已在讀卡機上取消",
        PIN_INCORRECT => "PIN碼錯誤",
        PIN_LENGTH => "PIN碼長度不符",
        PIN_LOCKED => "PIN碼已鎖卡",
        _ if minor == i32::MIN + 1 => "PIN碼錯誤，剩餘一次機會",
        _ if minor == i32::MIN + 2 => "PIN碼錯誤，剩餘兩次機會",
        _ => "",
    }
}

/// The numbers of [`minor_words`].
pub(super) const MINORS: [i32; 8] = [
    FUNCTION_FAILED,
    DEVICE_REMOVED,
    FUNCTION_CANCELED,
    PIN_INCORRECT,
    PIN_LENGTH,
    PIN_LOCKED,
    i32::MIN + 1,
    i32::MIN + 2,
];

impl Fault {
    /// A wrong PIN, or a card that takes none any more.
    pub(super) fn login(minor: i32) -> Self {
        Self {
            major: Major::Login,
            minor,
        }
    }

    /// The same in the native protocol's words, for who reads of both rooms in one list.
    pub(super) fn as_error_code(self) -> ErrorCode {
        match self.major {
            Major::Login if self.minor == PIN_LOCKED => ErrorCode::PinLocked,
            Major::Login => ErrorCode::PinWrong,
            Major::NoCard if self.minor == DEVICE_REMOVED => ErrorCode::CardRemoved,
            Major::NoCard => ErrorCode::NoCard,
            Major::NoReader => ErrorCode::NoReader,
            Major::NoCertificate | Major::NotYetValid | Major::Expired => ErrorCode::NoCertificate,
            Major::Cancelled => ErrorCode::UserRefused,
            Major::Untrusted => ErrorCode::OriginRefused,
            Major::Timeout => ErrorCode::UserTimeout,
            Major::Unsupported | Major::SignatureType | Major::EnvelopeType => {
                ErrorCode::Unsupported
            }
            Major::Decrypting => ErrorCode::NotDecrypted,
            Major::Signing | Major::Library => ErrorCode::CardFault,
            Major::NoContent
            | Major::NoCipher
            | Major::Json
            | Major::Parameter
            | Major::NoPin
            | Major::SignatureContent
            | Major::EnvelopeFormat
            | Major::Base64
            | Major::NoCardNumber => ErrorCode::InvalidRequest,
        }
    }

    /// What a failed operation of the card is.
    pub(super) fn of(error: &chop_token::Error, operation: Major) -> Self {
        use chop_token::Error;
        let (major, minor) = match error {
            Error::PinWrong { left } => (Major::Login, wrong_pin(*left)),
            Error::PinLocked => (Major::Login, PIN_LOCKED),
            Error::PinLength | Error::PinRefused => (Major::Login, PIN_LENGTH),
            Error::CardRemoved | Error::KeyGone => (Major::NoCard, DEVICE_REMOVED),
            Error::Deadline { .. } => (Major::Timeout, FUNCTION_FAILED),
            Error::Spawn(_) => (Major::Library, 0),
            Error::Cancelled => (operation, FUNCTION_CANCELED),
            Error::Module { code, .. } => {
                // A CK_RV is 32 bits wide everywhere, whatever CK_ULONG is.
                #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]
                let code = *code as u32 as i32;
                (operation, code)
            }
            // Not a fault of the card's: it cannot make this kind.
            Error::Unsupported if operation == Major::Signing => (Major::SignatureType, 0),
            _ => (operation, FUNCTION_FAILED),
        };
        Self { major, minor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_is_there_twice_and_each_has_words_that_pages_can_paste() {
        let mut codes: Vec<_> = Major::ALL.iter().map(|it| it.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Major::ALL.len());
        let words = Major::ALL.iter().map(|it| it.words());
        for words in words.chain(MINORS.iter().map(|it| minor_words(*it))) {
            assert!(
                !words.is_empty() && !words.contains(['"', '\\', '\n']),
                "{words}"
            );
        }
    }

    #[test]
    fn tries_left_are_the_numbers_that_pages_compare_with() {
        for (left, minor) in [
            (Some(0), 164),
            (Some(1), -2_147_483_647),
            (Some(2), -2_147_483_646),
            (Some(3), 160),
            (None, 160),
        ] {
            assert_eq!(wrong_pin(left), minor);
        }
    }

    #[test]
    fn every_last_error_but_none_has_something_to_show() {
        assert_eq!(minor_text(0), None);
        assert_eq!(minor_text(PIN_LOCKED).as_deref(), Some("PIN碼已鎖卡"));
        assert_eq!(minor_text(0x13).as_deref(), Some("13"));
        assert_eq!(minor_text(i32::MIN + 9).as_deref(), Some("80000009"));
    }

    #[test]
    fn a_code_of_a_vendors_own_stays_a_signed_number() {
        let error = chop_token::Error::Module {
            call: "C_Sign",
            code: 0x8000_0001,
        };
        let fault = Fault::of(&error, Major::Signing);
        assert_eq!(fault.minor, -2_147_483_647);
        assert_eq!(fault.major.code(), 0x7630_0004);
    }
}
