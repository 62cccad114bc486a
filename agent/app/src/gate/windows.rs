//! Windows: a named pipe that whoever is logged on may dial, because the system says who does.
//!
//! An agent that dials makes sure that the pipe belongs to the machine: where there is no gate,
//! anybody can make a pipe of that name.
//!
//! Spec: Win32 "Named Pipe Security and Access Rights", "Impersonation Levels".
#![allow(unsafe_code, reason = "all of it is the system's own functions")]

use std::{
    io, net::SocketAddr, os::windows::ffi::OsStrExt as _, path::Path, ptr::null_mut, time::Duration,
};

use chop_certs::acl;
use chop_service::{Peer, User, pipe};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, copy},
    net::{
        TcpStream,
        windows::named_pipe::{NamedPipeClient, NamedPipeServer},
    },
    sync::{mpsc, oneshot},
    time::{sleep, timeout},
};
use windows_sys::Win32::{
    Foundation::{ERROR_FILE_NOT_FOUND, ERROR_PIPE_BUSY, INVALID_HANDLE_VALUE},
    Storage::FileSystem::{
        CreateFileW, FILE_FLAG_OVERLAPPED, OPEN_EXISTING, SECURITY_IDENTIFICATION,
        SECURITY_SQOS_PRESENT,
    },
    System::Pipes::WaitNamedPipeW,
};

use super::PROMPTLY;
use crate::named_pipe;

/// The gate's end of a line.
pub(super) type Line = NamedPipeServer;
/// An agent's end.
pub(super) type Dialled = NamedPipeClient;

/// It belongs to administrators, whoever of them starts the gate: agents look at that. They and the
/// system may do everything. Whoever is logged on may read and write, and
/// not make another end of the pipe, which `GENERIC_WRITE` would mean (`FILE_CREATE_PIPE_INSTANCE`).
const ACCESS: &str = "O:BAG:BAD:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x12019b;;;IU)";
/// What an agent asks for: exactly that.
const READ_AND_WRITE: u32 = 0x0012_019b;
/// How long until a call is tried again that came between two others.
const BUSY: Duration = Duration::from_millis(20);

/// Takes calls.
pub(super) struct Listener(named_pipe::Listener);

impl Listener {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        named_pipe::Listener::of_the_machine(path.as_os_str(), ACCESS).map(Self)
    }

    pub(super) async fn accept(&mut self) -> io::Result<Line> {
        self.0.accept().await
    }
}

/// So many connections may wait to be placed; one beyond is closed unread.
const MOST_WAITING: usize = 2048;

/// How long a connection waits to be placed.
const LONGEST: Duration = Duration::from_secs(10);

/// What is asked: the ends of a connection, theirs and ours; and who waits for the answer.
type Question = ((SocketAddr, SocketAddr), oneshot::Sender<Option<User>>);

/// Finds whose connections are, on a thread of its own, for as many at a time as wait: the system
/// has one table of all connections, and somebody's tens of thousands make each look slow.
pub(super) struct Places(mpsc::Sender<Question>);

impl Places {
    pub(super) fn open() -> io::Result<Self> {
        let (ask, mut asked) = mpsc::channel(MOST_WAITING);
        std::thread::Builder::new()
            .name("places".to_owned())
            .spawn(move || {
                let mut questions: Vec<Question> = Vec::new();
                while asked.blocking_recv_many(&mut questions, MOST_WAITING) > 0 {
                    let ends: Vec<_> = questions.iter().map(|(ends, _)| *ends).collect();
                    let users = Peer::users(&ends);
                    for ((_, waiting), user) in questions.drain(..).zip(users) {
                        // Who asked may have gone.
                        let _ = waiting.send(user);
                    }
                }
            })?;
        Ok(Self(ask))
    }

    pub(super) async fn user(&self, stream: &TcpStream) -> Option<User> {
        let ends = (stream.peer_addr().ok()?, stream.local_addr().ok()?);
        let (waiting, answer) = oneshot::channel();
        self.0.try_send((ends, waiting)).ok()?;
        let user = timeout(LONGEST, answer).await.ok()?.ok()?;
        // Another's connection may have these ends by now; this one is over then.
        (stream.peer_addr().ok()? == ends.0).then_some(user)?
    }
}

/// Whose call it seems to be, before anything was read.
pub(super) fn presumed(line: &Line) -> Option<User> {
    pipe::presumed_client(line)
}

/// Whose call it is, once something was read.
pub(super) fn caller(line: &Line) -> Option<User> {
    pipe::client(line)
}

/// Nobody gives orders to agents on this line: each has events of its own for that.
pub(super) fn may_order(_user: User) -> bool {
    false
}

pub(super) async fn dial(path: &Path) -> io::Result<Dialled> {
    let name = name(path);
    let line = loop {
        match open(&name) {
            Err(error) if is(&error, ERROR_PIPE_BUSY) => sleep(BUSY).await,
            opened => break opened?,
        }
    };
    if acl::is_machines(&line)? {
        return Ok(line);
    }
    let stranger = "the gate's pipe belongs to somebody who is no administrator";
    Err(io::Error::new(io::ErrorKind::PermissionDenied, stranger))
}

fn open(name: &[u16]) -> io::Result<Dialled> {
    // The gate may learn who we are, and do nothing as us.
    let how = FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION;
    // SAFETY: the name ends with a zero; null stands for no attributes and no template.
    let handle = unsafe {
        CreateFileW(
            name.as_ptr(),
            READ_AND_WRITE,
            0,
            null_mut(),
            OPEN_EXISTING,
            how,
            null_mut(),
        )
    };
    match handle {
        INVALID_HANDLE_VALUE => Err(io::Error::last_os_error()),
        // SAFETY: it is of a pipe, was opened for overlapped use, and nobody else has it.
        handle => unsafe { NamedPipeClient::from_raw_handle(handle) },
    }
}

/// Hands on what either side says, until one has ended: a pipe has no half that can be closed.
pub(super) async fn join(stream: impl AsyncRead + AsyncWrite + Unpin, line: Line) {
    let (mut theirs, mut to_them) = tokio::io::split(stream);
    let (mut agents, mut to_agent) = tokio::io::split(line);
    tokio::select! {
        said = copy(&mut theirs, &mut to_agent) => {
            // An agent that listens no longer may have said something last.
            if said.is_err() {
                let last = copy(&mut agents, &mut to_them);
                let _ = timeout(PROMPTLY, last).await;
            }
        }
        _ = copy(&mut agents, &mut to_them) => {}
    }
    // What was said last arrives whole.
    let _ = timeout(PROMPTLY, to_them.shutdown()).await;
}

/// Who has the port, for the log: `node.exe (4711)`.
pub(super) fn owner(port: u16) -> Option<String> {
    crate::ports::owner(port).map(|owner| owner.to_string())
}

/// Whether a gate takes calls.
pub(crate) fn is_there(path: &Path) -> bool {
    let name = name(path);
    // SAFETY: the name ends with a zero. It waits a millisecond at most.
    let free = unsafe { WaitNamedPipeW(name.as_ptr(), 1) } != 0;
    free || !is(&io::Error::last_os_error(), ERROR_FILE_NOT_FOUND)
}

/// A pipe goes with its last end.
pub(super) fn leave(_path: &Path) {}

fn name(path: &Path) -> Vec<u16> {
    path.as_os_str().encode_wide().chain([0]).collect()
}

fn is(error: &io::Error, code: u32) -> bool {
    error.raw_os_error() == Some(code.cast_signed())
}

#[cfg(test)]
mod tests {
    use tokio::{io::AsyncReadExt as _, net::windows::named_pipe::ServerOptions};
    use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;

    use super::*;

    /// A pipe of a name that no other test has.
    fn place(name: &str) -> std::path::PathBuf {
        format!(r"\\.\pipe\chop-test-{}-{name}", std::process::id()).into()
    }

    /// A pipe that belongs to the person who runs the tests.
    fn of_a_stranger(place: &Path) -> NamedPipeServer {
        let me = Peer::me().unwrap().to_string();
        let (sid, _) = me.split_once(',').unwrap();
        let access = acl::Descriptor::of(&format!("O:{sid}D:P(A;;FA;;;WD)")).unwrap();
        let mut attributes = SECURITY_ATTRIBUTES {
            nLength: u32::try_from(size_of::<SECURITY_ATTRIBUTES>()).unwrap(),
            lpSecurityDescriptor: access.as_ptr(),
            bInheritHandle: 0,
        };
        // SAFETY: the structure says its own size, and lives through the call with what it points to.
        let pipe = unsafe {
            ServerOptions::new()
                .create_with_security_attributes_raw(place, (&raw mut attributes).cast())
        };
        pipe.unwrap()
    }

    #[tokio::test]
    async fn whoever_dials_is_told_apart_by_person_and_session() {
        let place = place("who");
        assert!(!is_there(&place));
        let mut listener = Listener::open(&place).unwrap();
        assert!(is_there(&place));
        for _ in 0..3 {
            let (accepted, dialled) = tokio::join!(listener.accept(), dial(&place));
            let (mut line, mut agent) = (accepted.unwrap(), dialled.unwrap());
            agent.write_all(b"chA1").await.unwrap();
            let mut said = [0; 4];
            line.read_exact(&mut said).await.unwrap();
            assert_eq!(said, *b"chA1");
            let caller = caller(&line).unwrap();
            assert_eq!(Some(caller), presumed(&line));
            assert_eq!(Some(caller), Peer::me());
        }
    }

    #[tokio::test]
    async fn connections_that_wait_together_are_placed_together_and_closed_ones_are_nobodys() {
        let places = Places::open().unwrap();
        let mut pairs = Vec::new();
        // Not over IPv6: Wine names no process there.
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        for _ in 0..20 {
            let to = listener.local_addr().unwrap();
            let (client, accepted) = tokio::join!(TcpStream::connect(to), listener.accept());
            let (mut client, mut accepted) = (client.unwrap(), accepted.unwrap().0);
            // Wine knows whose a socket is once it was used.
            client.write_all(b"x").await.unwrap();
            accepted.read_exact(&mut [0]).await.unwrap();
            pairs.push((Some(client), accepted));
        }
        for (client, _) in pairs.iter_mut().step_by(4) {
            drop(client.take());
        }
        // Until their farewells have arrived.
        sleep(Duration::from_millis(200)).await;
        let places = std::sync::Arc::new(places);
        let mut asked = tokio::task::JoinSet::new();
        for (number, (client, accepted)) in pairs.into_iter().enumerate() {
            let places = std::sync::Arc::clone(&places);
            asked.spawn(async move {
                let user = places.user(&accepted).await;
                assert_eq!(
                    user,
                    client.is_some().then(|| Peer::me().unwrap()),
                    "{number}"
                );
            });
        }
        asked.join_all().await;
    }

    #[tokio::test]
    async fn a_name_that_a_stranger_has_is_refused() {
        let place = place("taken");
        let _first = of_a_stranger(&place);
        let error = Listener::open(&place).err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied, "{error}");
    }

    #[tokio::test]
    async fn the_next_gate_takes_a_pipe_that_a_caller_still_holds() {
        let place = place("held");
        let mut first = Listener::open(&place).unwrap();
        let (line, held) = tokio::join!(first.accept(), dial(&place));
        drop((line.unwrap(), first));
        // Its ends go with their tasks.
        sleep(Duration::from_millis(100)).await;
        let mut next = Listener::open(&place).unwrap();
        let (line, agent) = tokio::join!(next.accept(), dial(&place));
        assert!(line.is_ok() && agent.is_ok());
        drop(held);
        assert!(dial(&self::place("free")).await.is_err());
    }

    #[tokio::test]
    async fn a_pipe_that_is_not_the_machines_is_not_the_gate() {
        let place = place("stranger");
        let pipe = of_a_stranger(&place);
        let (_line, dialled) = tokio::join!(pipe.connect(), dial(&place));
        let error = dialled.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied, "{error}");
    }

    #[tokio::test]
    async fn what_an_agent_says_last_arrives_and_then_the_client_is_done() {
        let place = place("last");
        let mut listener = Listener::open(&place).unwrap();
        let (accepted, dialled) = tokio::join!(listener.accept(), dial(&place));
        let (line, mut agent) = (accepted.unwrap(), dialled.unwrap());
        let (mut client, gate) = tokio::io::duplex(64);
        let joined = tokio::spawn(join(gate, line));
        client.write_all(b"ask").await.unwrap();
        let mut asked = [0; 3];
        agent.read_exact(&mut asked).await.unwrap();
        let long = vec![b'x'; 100_000];
        agent.write_all(&long).await.unwrap();
        drop(agent);
        let mut said = Vec::new();
        client.read_to_end(&mut said).await.unwrap();
        assert_eq!(said.len(), long.len());
        joined.await.unwrap();
    }

    #[tokio::test]
    async fn a_client_that_leaves_ends_the_line() {
        let place = place("leaves");
        let mut listener = Listener::open(&place).unwrap();
        let (accepted, dialled) = tokio::join!(listener.accept(), dial(&place));
        let (line, mut agent) = (accepted.unwrap(), dialled.unwrap());
        let (client, gate) = tokio::io::duplex(64);
        let joined = tokio::spawn(join(gate, line));
        drop(client);
        joined.await.unwrap();
        let said = agent.read(&mut [0]).await;
        assert!(matches!(said, Ok(0) | Err(_)), "{said:?}");
    }
}
