//! Why a command could not do its work: the cause, and beneath it ([`Message::next`]) what to do.

use std::error::Error;

use chop_protocol::ErrorCode;
use chop_service::ConsentError;

use super::{Message, desk, message, wanted};
use crate::{
    instance, pin, run,
    settings::{self, SetError},
    simulate,
};

/// The person has no home folder.
pub const NO_HOME: Message = message("error-home");

/// Why the agent does not run.
#[must_use]
pub fn run(error: &run::Error) -> Message {
    match error {
        run::Error::Instance(instance::Error::Running) => message("error-running"),
        run::Error::Instance(instance::Error::Lock { path, .. }) => message("error-lock")
            .with("path", path.display().to_string())
            .with("reason", reason(error)),
        run::Error::Certificate(cause) => message("error-certificate").with("reason", whole(cause)),
        run::Error::Server(cause) => message("error-server").with("reason", whole(cause)),
        run::Error::Ports { ports, .. } => message("error-ports").with("ports", list(ports)),
        run::Error::System(cause) => message("error-system").with("reason", whole(cause)),
    }
}

/// Why there is no window for another PIN.
#[must_use]
pub fn pin(error: &pin::Error) -> Message {
    match error {
        pin::Error::Open(instance::Error::Running) => message("pin-open"),
        pin::Error::Open(cause) => other(whole(cause)),
        pin::Error::Window(ConsentError::NoDisplay) => super::code::of(ErrorCode::NoDisplay),
        pin::Error::Window(cause) => other(whole(cause)),
        pin::Error::System(cause) => message("error-system").with("reason", whole(cause)),
    }
}

/// Why a setting was not changed.
#[must_use]
pub fn set(error: &SetError) -> Message {
    match error {
        SetError::Unknown { key } => desk::unknown_setting(key),
        SetError::Locked { key } => desk::locked(key),
        SetError::Settings(cause) => settings(cause),
        SetError::Write { path, .. } => {
            desk::not_written(&path.display().to_string(), &reason(error))
        }
    }
}

/// Why there are no simulated cards.
#[must_use]
pub fn simulate(error: &simulate::Error) -> Message {
    match error {
        simulate::Error::Managed => message("error-managed"),
        simulate::Error::Run(cause) => run(cause),
        simulate::Error::Cards(chop_simulate::Error::FolderInUse { folder }) => {
            message("error-folder-in-use").with("path", folder.display().to_string())
        }
        simulate::Error::Cards(cause) => other(whole(cause)),
    }
}

/// Why the settings cannot be used.
#[must_use]
pub fn settings(error: &settings::Error) -> Message {
    match error {
        settings::Error::Read { path, .. } => message("error-settings-read")
            .with("path", path.display().to_string())
            .with("reason", reason(error)),
        settings::Error::Content { path, .. } => message("error-settings-content")
            .with("path", path.display().to_string())
            .with("reason", reason(error)),
        settings::Error::Key { path, key } => message("error-settings-key")
            .with("path", path.display().to_string())
            .with("setting", key.clone()),
        settings::Error::Value { path, key, wanted } if *wanted == wanted::LEFT_TO_POLICY => {
            message("error-settings-policy-only")
                .with("path", path.display().to_string())
                .with("setting", key.clone())
        }
        settings::Error::Value { path, key, wanted } => message("error-settings-value")
            .with("path", path.display().to_string())
            .with("setting", key.clone())
            .with("wanted", wanted.clone()),
    }
}

/// Anything else; its own words are in English.
#[must_use]
pub fn other(reason: String) -> Message {
    message("error-other").with("reason", reason)
}

fn list(ports: &[u16]) -> String {
    let ports: Vec<_> = ports.iter().map(ToString::to_string).collect();
    ports.join(", ")
}

/// An error and what it comes from.
fn whole(error: &dyn Error) -> String {
    match error.source() {
        None => one_line(&error.to_string()),
        Some(_) => format!("{}: {}", one_line(&error.to_string()), reason(error)),
    }
}

/// What an error comes from.
fn reason(error: &dyn Error) -> String {
    let causes: Vec<_> = std::iter::successors(error.source(), |cause| (*cause).source())
        .map(|cause| one_line(&cause.to_string()))
        .collect();
    causes.join(": ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::text::Language;

    #[test]
    fn a_taken_port_is_said_in_the_persons_language_with_what_to_do() {
        let error = run::Error::Ports {
            ports: vec![21443, 21444],
            cause: io::ErrorKind::AddrInUse.into(),
        };
        let said = Language::CHINESE.say(&run(&error));
        assert_eq!(said, "連接埠 21443, 21444 都被其他程式占用");
        let next = Language::ENGLISH.say(&run(&error).next());
        assert!(next.contains("chop doctor"), "{next}");
    }

    #[test]
    fn a_setting_of_the_policy_in_a_persons_file_is_said_to_be_one() {
        let error = settings::Error::Value {
            path: "/home/a/settings.toml".into(),
            key: "sites".to_owned(),
            wanted: wanted::LEFT_TO_POLICY,
        };
        let next = Language::ENGLISH.say(&settings(&error).next());
        assert!(next.starts_with("Take it out of that file"), "{next}");
    }

    #[test]
    fn what_an_error_comes_from_is_said_on_one_line() {
        let error = settings::Error::Read {
            path: "/etc/chop/policy.toml".into(),
            cause: io::Error::other("not\nallowed"),
        };
        let said = Language::ENGLISH.say(&settings(&error).next());
        assert_eq!(said, "Check who may read it: not allowed");
    }
}
