//! Descriptors.

use std::{fs::File, io::Result, os::fd::AsFd as _, time::Duration};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// Takes standard input and output for frames: unbuffered, and out of the reach of libraries that
/// print. Afterwards standard output is standard error, and standard input is still readable by
/// its number: call this once, before any library is loaded.
///
/// # Errors
/// The system's, when a descriptor cannot be copied.
pub fn take() -> Result<(File, File)> {
    let incoming = File::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    let outgoing = File::from(std::io::stdout().as_fd().try_clone_to_owned()?);
    nix::unistd::dup2_stdout(std::io::stderr())?;
    Ok((incoming, outgoing))
}

/// Ends this process `patience` after the other side of a pipe is closed, unless it has ended by
/// itself until then: whatever its other threads hang in, it does not outlive the agent.
///
/// # Errors
/// The system's, when no thread can be started.
pub fn end_with(pipe: &File, patience: Duration) -> Result<()> {
    let pipe = pipe.try_clone()?;
    std::thread::Builder::new()
        .name("end".to_owned())
        .spawn(move || {
            // No event is asked for: what remains is that the other side hangs up.
            let mut pipes = [PollFd::new(pipe.as_fd(), PollFlags::empty())];
            while let Ok(0) | Err(nix::errno::Errno::EINTR) = poll(&mut pipes, PollTimeout::NONE) {}
            std::thread::sleep(patience);
            // Not `exit`, which would run the handlers of whatever hangs.
            std::process::abort();
        })?;
    Ok(())
}
