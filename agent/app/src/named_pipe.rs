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

use chop_certs::acl::{self, Descriptor};
use tokio::{
    net::windows::named_pipe::{NamedPipeServer, ServerOptions},
    task::JoinSet,
};
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;

/// Waits for callers of this machine.
pub(crate) struct Listener {
    name: OsString,
    access: Option<Descriptor>,
    /// So many ends wait at a time: a caller that finds none has to try again.
    at_once: usize,
    waiting: JoinSet<io::Result<NamedPipeServer>>,
}

impl Listener {
    /// Opens a pipe of this person's. By the system's default everybody may read, and nobody but
    /// the pipe's owner write.
    ///
    /// # Errors
    /// The system's, also where somebody else has the name.
    pub(crate) fn of_this_person(name: &OsStr) -> io::Result<Self> {
        let mut listener = Self {
            name: name.to_owned(),
            access: None,
            at_once: 1,
            waiting: JoinSet::new(),
        };
        let first = listener.make(true)?;
        listener.wait_on(first);
        Ok(listener)
    }

    /// Opens a pipe of the machine's. `access`: who may do what, in the Security Descriptor
    /// Definition Language; it makes administrators the owner.
    ///
    /// A pipe of that name may be there already, as long as a caller has not let go of it. If it is
    /// the machine's, it is an earlier one of ours; if not, it is a stranger's, and refused.
    ///
    /// # Errors
    /// The system's, and `PermissionDenied` where a stranger has the name.
    pub(crate) fn of_the_machine(name: &OsStr, access: &str) -> io::Result<Self> {
        let mut listener = Self {
            name: name.to_owned(),
            access: Some(Descriptor::of(access)?),
            at_once: 8,
            waiting: JoinSet::new(),
        };
        let first = listener.make(false)?;
        listener.wait_on(first);
        Ok(listener)
    }

    /// Waits for the next caller.
    ///
    /// # Errors
    /// The system's, also where the caller has gone already.
    pub(crate) async fn accept(&mut self) -> io::Result<NamedPipeServer> {
        while self.waiting.len() < self.at_once {
            match self.make(false) {
                Ok(end) => self.wait_on(end),
                // Those that wait will do.
                Err(_) if !self.waiting.is_empty() => break,
                Err(error) => return Err(error),
            }
        }
        match self.waiting.join_next().await {
            Some(Ok(accepted)) => accepted,
            Some(Err(error)) => Err(io::Error::other(error)),
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    fn wait_on(&mut self, end: NamedPipeServer) {
        self.waiting.spawn(async move {
            end.connect().await?;
            Ok(end)
        });
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
        let end = unsafe {
            options.create_with_security_attributes_raw(&self.name, (&raw mut attributes).cast())
        }?;
        if acl::is_machines(&end)? {
            return Ok(end);
        }
        let owner = acl::owner(&end)?;
        let stranger = format!("the pipe's name is taken by {owner}, who is no administrator");
        Err(io::Error::new(io::ErrorKind::PermissionDenied, stranger))
    }
}
