//! Every path there is in this room.
//!
//! Spec: docs/hicos.md, "Paths"; docs/threat-model.md, C-33.

use hyper::Method;

use crate::Act;

/// What is asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Route {
    /// The version.
    Root,
    /// The popup that takes a request of its opener.
    Popup(First),
    /// What there is, as an image.
    Image,
    /// What there is.
    Info,
    /// A function of the package, whose answer is called so.
    Function(Function),
    /// The page that asks to let a site in.
    AddDomain,
    /// What to do when something does not work.
    SelfTest,
    /// That Chop is here, for a browser that does not trust its certificate.
    Here,
    /// The words for numbers.
    ErrorCodes,
    /// A picture of waiting.
    Waiting,
    /// A ticket for one of our pages.
    Ticket,
    /// A request of a page that came through the popup.
    FromPopup,
    /// The person wants to let a site in.
    LetIn,
    /// Nothing that is done here.
    Unknown,
}

/// What the popup says first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum First {
    GetTbs,
    CmcAtn,
}

/// What a package can ask for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Function {
    Sign,
    Decrypt,
    Info {
        with_certificates: bool,
    },
    ChangePin,
    /// One that is not done here; the answer has its name.
    Unsupported(&'static str),
}

impl Function {
    /// Which one a page means by `func`.
    pub(super) fn named(func: &str) -> Option<Self> {
        Some(match func {
            "MakeSignature" => Self::Sign,
            "DecryptData" => Self::Decrypt,
            "GetUserCert" => Self::Info {
                with_certificates: true,
            },
            "CheckEnvir" => Self::Info {
                with_certificates: false,
            },
            "changeUserPINCode" => Self::ChangePin,
            _ => {
                let known = UNSUPPORTED.iter().find(|(name, _)| *name == func)?;
                Self::Unsupported(known.1)
            }
        })
    }

    /// What the person is told of it later; `None` where nothing can come of it.
    pub(super) fn act(self) -> Option<Act> {
        match self {
            Self::Sign => Some(Act::Sign),
            Self::Decrypt => Some(Act::Decrypt),
            Self::Info { .. } => Some(Act::Read),
            Self::ChangePin => Some(Act::ChangePin),
            Self::Unsupported(_) => None,
        }
    }

    /// `func` of the answer: pages wait for exactly this one.
    pub(super) fn answer(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Decrypt => "decrypt",
            Self::Info { .. } => "pkcs11info",
            Self::ChangePin => "changeUserPINCode",
            Self::Unsupported(name) => name,
        }
    }
}

/// Functions that need the vendor's keys, or devices that no desk has: by `func`, and as their
/// answers are called.
const UNSUPPORTED: [(&str, &str); 11] = [
    ("bulidResetUserPINRequest", "bulidResetUserPINRequest"),
    ("resetUserPIN", "resetUserPIN"),
    ("bulidUnblockCardRequest", "bulidUnblockCardRequest"),
    ("unblockCard", "unblockCard"),
    (
        "buildOpenCardGetUserPINRequest",
        "buildOpenCardGetUserPINRequest",
    ),
    (
        "buildOpenCardValidateUserRequest",
        "buildOpenCardValidateUserRequest",
    ),
    ("openCard", "openCard"),
    ("writecert", "writeCert"),
    ("makeCsr", "csr"),
    ("umakeSig", "umakeSig"),
    ("getChallenge", "getChallenge"),
];

/// The whole surface, by method and path.
const ROUTES: [(&str, &str, Route); 19] = [
    ("GET", "/", Route::Root),
    ("GET", "/popupForm", Route::Popup(First::GetTbs)),
    ("GET", "/ChtPopupForm", Route::Popup(First::GetTbs)),
    (
        "GET",
        "/CardManagement/CMCPopForm",
        Route::Popup(First::CmcAtn),
    ),
    ("GET", "/p11Image.bmp", Route::Image),
    ("GET", "/pkcs11info", Route::Info),
    ("POST", "/pkcs11info", Route::Info),
    ("POST", "/sign", Route::Function(Function::Sign)),
    ("POST", "/decrypt", Route::Function(Function::Decrypt)),
    (
        "POST",
        "/CardManagement/sendCardCommand",
        Route::Function(Function::ChangePin),
    ),
    ("GET", "/addDomain", Route::AddDomain),
    ("GET", "/selfTest.htm", Route::SelfTest),
    ("GET", "/errorcode.js", Route::ErrorCodes),
    ("GET", "/waiting.gif", Route::Waiting),
    ("POST", "/chop/ticket", Route::Ticket),
    ("POST", "/chop/popup", Route::FromPopup),
    ("POST", "/chop/let-in", Route::LetIn),
    ("GET", "/chop/here", Route::Here),
    (
        "POST",
        "/umakeSig",
        Route::Function(Function::Unsupported("umakeSig")),
    ),
];

/// Finds the route.
pub(super) fn find(method: &Method, path: &str) -> Route {
    let known = ROUTES
        .iter()
        .find(|(takes, at, _)| *at == path && method == *takes);
    known.map_or(Route::Unknown, |(_, _, route)| *route)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_takes_its_methods_and_nothing_else() {
        for (takes, path, route) in ROUTES {
            assert_eq!(find(&takes.parse().unwrap(), path), route);
            for method in ["PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"] {
                assert_eq!(find(&method.parse().unwrap(), path), Route::Unknown);
            }
        }
        for path in [
            "",
            "*",
            "/Sign",
            "/sign/",
            "//sign",
            "/%73ign",
            "/chop",
            "/CardManagement/",
        ] {
            assert_eq!(find(&Method::POST, path), Route::Unknown, "{path}");
        }
    }

    #[test]
    fn every_function_has_an_answer_with_the_name_that_pages_wait_for() {
        for (func, answer) in [
            ("MakeSignature", "sign"),
            ("GetUserCert", "pkcs11info"),
            ("CheckEnvir", "pkcs11info"),
            ("DecryptData", "decrypt"),
            ("changeUserPINCode", "changeUserPINCode"),
            ("writecert", "writeCert"),
            ("makeCsr", "csr"),
        ] {
            assert_eq!(Function::named(func).unwrap().answer(), answer);
        }
        assert_eq!(Function::named("<script>"), None);
        assert_eq!(Function::named("makesignature"), None);
    }
}
