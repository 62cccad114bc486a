//! Named pipes: what local sockets are elsewhere.
//!
//! Spec: Win32 "Named Pipes", "Named Pipe Security and Access Rights".
#![allow(
    unsafe_code,
    reason = "access lists are had through the system's own functions"
)]

use std::{
    ffi::{OsStr, OsString},
    io,
};

use chop_certs::acl::Descriptor;
use tokio::net::windows::named_pipe::{NamedPipeServer, ServerOptions};
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;

/// Waits for callers of this machine.
pub(crate) struct Listener {
    name: OsString,
    access: Option<Descriptor>,
    /// The end that the next caller gets.
    next: Option<NamedPipeServer>,
}

impl Listener {
    /// Opens a pipe; fails where somebody else has taken its name. `access`: who may do what, in
    /// the Security Descriptor Definition Language; without it the system's default holds, by which
    /// everybody may read, and nobody but the pipe's owner write.
    pub(crate) fn open(name: &OsStr, access: Option<&str>) -> io::Result<Self> {
        let mut listener = Self {
            name: name.to_owned(),
            access: access.map(Descriptor::of).transpose()?,
            next: None,
        };
        listener.next = Some(listener.make(true)?);
        Ok(listener)
    }

    /// Waits for the next caller.
    ///
    /// # Errors
    /// The system's, also where the caller has gone already.
    pub(crate) async fn accept(&mut self) -> io::Result<NamedPipeServer> {
        let end = match self.next.take() {
            Some(end) => end,
            None => self.make(false)?,
        };
        // Dropped while it waits, it waits no longer: the next one is made anew.
        end.connect().await?;
        self.next = self.make(false).ok();
        Ok(end)
    }

    fn make(&self, first: bool) -> io::Result<NamedPipeServer> {
        let mut options = ServerOptions::new();
        options
            .first_pipe_instance(first)
            .reject_remote_clients(true);
        let Some(access) = &self.access else {
            return options.create(&self.name);
        };
        let mut attributes = SECURITY_ATTRIBUTES {
            nLength: u32::try_from(size_of::<SECURITY_ATTRIBUTES>()).unwrap_or(0),
            lpSecurityDescriptor: access.as_ptr(),
            bInheritHandle: 0,
        };
        // SAFETY: the structure says its own size, and lives through the call with what it points to.
        unsafe {
            options.create_with_security_attributes_raw(&self.name, (&raw mut attributes).cast())
        }
    }
}
