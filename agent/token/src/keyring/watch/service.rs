//! Waiting for the smart card service to be started.

#[cfg_attr(target_os = "linux", path = "service/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "service/other.rs")]
mod platform;

pub(super) use platform::Service;
