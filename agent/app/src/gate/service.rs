//! The gate as a service of Windows.
//!
//! Spec: Win32 "Service Programs"; `StartServiceCtrlDispatcher`.
#![allow(
    unsafe_code,
    reason = "the entry that the system calls is a function of C"
)]

#[path = "privileges.rs"]
mod privileges;

use std::{
    ffi::OsString,
    sync::{Arc, OnceLock},
    time::Duration,
};

use tokio::sync::Notify;
use windows_service::{
    define_windows_service,
    service::{
        ServiceControl, ServiceControlAccept, ServiceExitCode, ServiceState, ServiceStatus,
        ServiceType,
    },
    service_control_handler::{self, ServiceControlHandlerResult, ServiceStatusHandle},
    service_dispatcher,
};

use super::Options;

/// Its name among services.
pub(crate) const NAME: &str = "ChopGate";

/// `ERROR_FAILED_SERVICE_CONTROLLER_CONNECT`: this was not started as a service.
const NO_SERVICE: i32 = 1063;
/// How long the system waits for a start or an end before it says that it takes too long.
const SOON: Duration = Duration::from_secs(10);

/// The entry that the system calls has no argument for them.
static OPTIONS: OnceLock<Options> = OnceLock::new();

define_windows_service!(entry, serve);

/// Runs the gate until the system stops the service; `false` if this program was not started as
/// one.
///
/// # Errors
/// The system's. What the gate itself fails by is in the log, and in the service's exit code.
pub fn run(options: &Options) -> Result<bool, windows_service::Error> {
    let _ = OPTIONS.set(options.clone());
    match service_dispatcher::start(NAME, entry) {
        Ok(()) => Ok(true),
        Err(windows_service::Error::Winapi(error)) if error.raw_os_error() == Some(NO_SERVICE) => {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

fn serve(_words: Vec<OsString>) {
    let stop = Arc::new(Notify::new());
    let told = Arc::clone(&stop);
    let handle = service_control_handler::register(NAME, move |control| match control {
        ServiceControl::Stop | ServiceControl::Shutdown => {
            told.notify_one();
            ServiceControlHandlerResult::NoError
        }
        ServiceControl::Interrogate => ServiceControlHandlerResult::NoError,
        _ => ServiceControlHandlerResult::NotImplemented,
    });
    // Without it nobody can be told anything.
    let (Ok(handle), Some(options)) = (handle, OPTIONS.get()) else {
        return;
    };
    tell(handle, ServiceState::StartPending, 0);
    // No child process, no library but the system's, no code of other programs in it.
    let gaps = chop_token::Fence::new().close();
    tracing::debug!(?gaps, "what the gate could not give up");
    // The service manager was asked to start it without them, and may not have listened.
    if let Err(error) = privileges::give_up() {
        tracing::warn!(%error, "the gate could not give up its privileges");
    }
    let ended = super::until_ended(options, Some(stop.notified()), || {
        tell(handle, ServiceState::Running, 0);
    });
    if let Err(error) = &ended {
        let error = error as &dyn std::error::Error;
        tracing::error!(error, "there is no gate");
    }
    tell(handle, ServiceState::Stopped, u32::from(ended.is_err()));
}

fn tell(handle: ServiceStatusHandle, state: ServiceState, code: u32) {
    let (accepted, patience) = match state {
        ServiceState::Running => (
            ServiceControlAccept::STOP | ServiceControlAccept::SHUTDOWN,
            Duration::ZERO,
        ),
        ServiceState::Stopped => (ServiceControlAccept::empty(), Duration::ZERO),
        _ => (ServiceControlAccept::empty(), SOON),
    };
    let told = handle.set_service_status(ServiceStatus {
        service_type: ServiceType::OWN_PROCESS,
        current_state: state,
        controls_accepted: accepted,
        exit_code: match code {
            0 => ServiceExitCode::NO_ERROR,
            code => ServiceExitCode::ServiceSpecific(code),
        },
        checkpoint: 0,
        wait_hint: patience,
        process_id: None,
    });
    if let Err(error) = told {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, "the system does not take the service's state");
    }
}
