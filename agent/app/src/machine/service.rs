//! The gate as one of the machine's services: made, pointed at the version that is installed,
//! started and removed.
//!
//! It runs as the system, which alone may ask whose any process is, and has given up every
//! privilege but the one that all programs have (D12).
//!
//! Spec: Win32 "Service Configuration Programs"; `ChangeServiceConfig2W`.
#![allow(
    unsafe_code,
    reason = "a service's privileges are set by the system's own function"
)]

use std::{
    ffi::c_void,
    io,
    path::Path,
    time::{Duration, Instant},
};

use windows_service::{
    Error,
    service::{
        Service, ServiceAccess, ServiceAction, ServiceActionType, ServiceErrorControl,
        ServiceFailureActions, ServiceFailureResetPeriod, ServiceInfo, ServiceStartType,
        ServiceState, ServiceType,
    },
    service_manager::{ServiceManager, ServiceManagerAccess},
};
use windows_sys::Win32::System::Services::{
    ChangeServiceConfig2W, SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO,
    SERVICE_REQUIRED_PRIVILEGES_INFOW,
};

use super::processes;
use crate::{
    gate::service::NAME,
    logging,
    run::{Order, signals},
};

/// What people read in the list of services.
const TITLE: &str = "Chop gate";
const DESCRIPTION: &str = "把登入網頁的連線交給該使用者自己的 Chop · Hands login pages' connections to the Chop of the user whose browser it is";

/// The one privilege that it keeps: every program has it, to pass through folders.
const PRIVILEGES: &str = "SeChangeNotifyPrivilege";
/// After a failure it is started anew so much later, as often as it fails.
const AGAIN: Duration = Duration::from_secs(5);
/// How long a service may take to end once it was told.
const PATIENCE: Duration = Duration::from_secs(20);

/// Has the service run this program from its next start on; makes it where there is none, and
/// starts it where it does not run.
///
/// # Errors
/// The system's.
pub(super) fn keep(program: &Path) -> Result<(), Error> {
    let manager = manager(ServiceManagerAccess::CONNECT | ServiceManagerAccess::CREATE_SERVICE)?;
    let info = ServiceInfo {
        name: NAME.into(),
        display_name: TITLE.into(),
        service_type: ServiceType::OWN_PROCESS,
        start_type: ServiceStartType::AutoStart,
        error_control: ServiceErrorControl::Normal,
        executable_path: program.to_owned(),
        launch_arguments: vec!["gate".into()],
        dependencies: Vec::new(),
        // The system itself.
        account_name: None,
        account_password: None,
    };
    let service = match manager.open_service(NAME, ServiceAccess::ALL_ACCESS) {
        Ok(service) => {
            service.change_config(&info)?;
            service
        }
        Err(_) => manager.create_service(&info, ServiceAccess::ALL_ACCESS)?,
    };
    // The gate serves without them; an administrator may want to know.
    for error in refine(&service) {
        logging::say(&format!(
            "chop: 系統服務的部分設定未完成 · a part of the service's setup was refused: {error}"
        ));
    }
    start_this(&service)
}

/// What makes it better than a service that merely runs; gives what the system refuses.
fn refine(service: &Service) -> Vec<io::Error> {
    let described = service.set_description(DESCRIPTION);
    let again = service.update_failure_actions(ServiceFailureActions {
        reset_period: ServiceFailureResetPeriod::After(Duration::from_secs(86_400)),
        reboot_msg: None,
        command: None,
        actions: Some(vec![ServiceAction {
            action_type: ServiceActionType::Restart,
            delay: AGAIN,
        }]),
    });
    let always = service.set_failure_actions_on_non_crash_failures(true);
    let done = [described, again, always].map(|done| {
        done.map_err(|error| match error {
            Error::Winapi(error) => error,
            error => io::Error::other(error),
        })
    });
    let done = done.into_iter().chain([give_up_privileges(service)]);
    done.filter_map(Result::err).collect()
}

/// Starts the service where it does not run.
///
/// # Errors
/// The system's, also where there is no service.
pub(super) fn start() -> Result<(), Error> {
    start_this(&open()?)
}

/// Has the service start anew, at a moment when nobody is being served.
///
/// # Errors
/// As [`renew`].
pub(super) fn restart() -> Result<(), Error> {
    let process = open()?.query_status()?.process_id;
    if let Some(process) = process
        && signals::tell(process, Order::Restart)
    {
        processes::wait_for(&[process]);
    }
    renew()
}

/// Has the service run what it points at now. One that did not end when it was told is stopped:
/// somebody may have taken the names of its events before it came.
///
/// # Errors
/// The system's, also where there is no service.
pub(super) fn renew() -> Result<(), Error> {
    let service = open()?;
    stop(&service)?;
    start_this(&service)
}

/// Ends the service and removes it, if it is there.
///
/// # Errors
/// The system's.
pub(super) fn end() -> Result<(), Error> {
    let Ok(service) = open() else { return Ok(()) };
    stop(&service)?;
    service.delete()
}

/// Stops it, and waits until it has ended.
fn stop(service: &Service) -> Result<(), Error> {
    let start = Instant::now();
    while service.query_status()?.current_state != ServiceState::Stopped {
        if start.elapsed() > PATIENCE {
            return Err(Error::Winapi(io::ErrorKind::TimedOut.into()));
        }
        // One that has just begun to start cannot be stopped yet; one that ends needs no more.
        let _ = service.stop();
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

fn open() -> Result<Service, Error> {
    manager(ServiceManagerAccess::CONNECT)?.open_service(NAME, ServiceAccess::ALL_ACCESS)
}

fn manager(access: ServiceManagerAccess) -> Result<ServiceManager, Error> {
    ServiceManager::local_computer(None::<&str>, access)
}

fn start_this(service: &Service) -> Result<(), Error> {
    match service.query_status()?.current_state {
        ServiceState::Running | ServiceState::StartPending => Ok(()),
        _ => service.start::<&str>(&[]),
    }
}

fn give_up_privileges(service: &Service) -> io::Result<()> {
    // A list of texts, each with a zero, and a zero at its end.
    let mut names: Vec<u16> = PRIVILEGES.encode_utf16().chain([0, 0]).collect();
    let info = SERVICE_REQUIRED_PRIVILEGES_INFOW {
        pmszRequiredPrivileges: names.as_mut_ptr(),
    };
    // SAFETY: the handle is open; the structure is the one of this kind of information, and lives
    // through the call with what it points to.
    let set = unsafe {
        ChangeServiceConfig2W(
            service.raw_handle(),
            SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO,
            (&raw const info).cast::<c_void>(),
        )
    };
    match set {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}
