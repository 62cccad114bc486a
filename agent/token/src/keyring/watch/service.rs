//! Waiting for the smart card service to be started.

#[cfg_attr(target_os = "linux", path = "service/linux.rs")]
#[cfg_attr(windows, path = "service/windows.rs")]
#[cfg_attr(not(any(target_os = "linux", windows)), path = "service/other.rs")]
mod platform;

pub(super) use platform::Service;
