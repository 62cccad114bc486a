//! A line: what an agent and the gate say to each other on the private socket.
//!
//! The agent says [`AGENT`]; the gate answers with the port that pages use, two bytes. Then the
//! line waits. When there is something, the gate says [`Message`]; the agent answers [`TAKEN`], and
//! from then on the line is the browser's connection. Whoever is root may say an order instead of
//! [`AGENT`].

use std::{
    io,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    path::Path,
    time::Duration,
};

use chop_service::{Arrival, Consent, Door, Ends, Keys, Peer, Server};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::{Instant, sleep, timeout},
};

use super::{
    Order, PROMPTLY,
    platform::{self, Dialled, Line},
};

/// Said first. The digit is the version of all this.
pub(super) const AGENT: [u8; 4] = *b"chA1";
const RESTART: [u8; 4] = *b"chR1";
const QUIT: [u8; 4] = *b"chQ1";
/// The agent's answer to a connection.
pub(super) const TAKEN: u8 = b'T';
/// The gate's answer to an order.
const DONE: u8 = b'D';

/// So many lines of an agent wait at a time: as many pages can come at one moment.
const LINES: usize = 4;
/// How long after a failure the gate is dialled again; twice as long each time, up to the second
/// while the gate may be starting anew: it waits a second longer than that before it gives orders
/// (`agents::SETTLED`). Up to the third where there was none for minutes.
const AGAIN: [Duration; 3] = [
    Duration::from_millis(200),
    Duration::from_secs(2),
    Duration::from_secs(30),
];
/// How long a gate that was there is about to be there again.
const RECENTLY: Duration = Duration::from_secs(300);

/// What the gate says on a line that waits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Message {
    /// The line is from now on this connection.
    Connection {
        door: Door,
        http_2: bool,
        theirs: SocketAddr,
        ours: SocketAddr,
    },
    Order(Order),
}

/// What a message takes, in bytes.
pub(super) const MESSAGE: usize = 1 + 2 * 18;

impl Message {
    pub(super) fn bytes(self) -> [u8; MESSAGE] {
        let mut bytes = [0; MESSAGE];
        let text = match self {
            Self::Order(Order::Restart) => vec![1],
            Self::Order(Order::Quit) => vec![2],
            Self::Connection {
                door,
                http_2,
                theirs,
                ours,
            } => {
                let kind = match (door, http_2) {
                    (Door::Native, false) => 3,
                    (Door::Native, true) => 4,
                    (Door::Hipki, _) => 5,
                };
                [&[kind][..], &address(theirs), &address(ours)].concat()
            }
        };
        bytes.iter_mut().zip(text).for_each(|(to, from)| *to = from);
        bytes
    }

    pub(super) fn read(bytes: &[u8; MESSAGE]) -> Option<Self> {
        let [kind, rest @ ..] = bytes;
        let (theirs, ours) = rest.split_at_checked(18)?;
        let connection = |door, http_2| {
            Some(Self::Connection {
                door,
                http_2,
                theirs: read_address(theirs)?,
                ours: read_address(ours)?,
            })
        };
        match kind {
            1 => Some(Self::Order(Order::Restart)),
            2 => Some(Self::Order(Order::Quit)),
            3 => connection(Door::Native, false),
            4 => connection(Door::Native, true),
            5 => connection(Door::Hipki, false),
            _ => None,
        }
    }
}

/// Sixteen bytes of address, IPv4 mapped into IPv6, and the port.
fn address(address: SocketAddr) -> Vec<u8> {
    let ip = match address.ip() {
        IpAddr::V4(v4) => v4.to_ipv6_mapped(),
        IpAddr::V6(v6) => v6,
    };
    [&ip.octets()[..], &address.port().to_be_bytes()].concat()
}

fn read_address(bytes: &[u8]) -> Option<SocketAddr> {
    let (ip, port) = bytes.split_at_checked(16)?;
    let ip: [u8; 16] = ip.try_into().ok()?;
    let port = u16::from_be_bytes(port.try_into().ok()?);
    Some(SocketAddr::new(Ipv6Addr::from(ip).to_canonical(), port))
}

/// What somebody says first.
pub(super) fn read_order(first: [u8; 4]) -> Option<Order> {
    match first {
        RESTART => Some(Order::Restart),
        QUIT => Some(Order::Quit),
        _ => None,
    }
}

/// Gives an order to all agents; `true` when the gate has passed it on.
///
/// # Errors
/// When there is no gate, or it does not answer.
#[cfg(target_os = "linux")]
pub async fn order(socket: &Path, order: Order) -> io::Result<bool> {
    let words = match order {
        Order::Restart => RESTART,
        Order::Quit => QUIT,
    };
    let asked = async {
        let mut gate = dial_soon(socket).await?;
        gate.write_all(&words).await?;
        let mut answer = [0];
        let read = gate.read(&mut answer).await?;
        Ok(read == 1 && answer == [DONE])
    };
    // A gate that has just started gives its agents time to come first.
    timeout(PROMPTLY * 5, asked)
        .await
        .map_err(io::Error::from)?
}

/// Dials a gate that may be starting at this moment.
#[cfg(target_os = "linux")]
async fn dial_soon(socket: &Path) -> io::Result<Dialled> {
    let end = Instant::now() + PROMPTLY;
    loop {
        match platform::dial(socket).await {
            Err(_) if Instant::now() < end => sleep(Duration::from_millis(50)).await,
            dialled => return dialled,
        }
    }
}

pub(super) async fn confirm(mut line: Line) {
    let _ = timeout(PROMPTLY, line.write_all(&[DONE])).await;
}

/// An agent's side: takes what the gate hands over, until an order comes. `ready` is told the port
/// each time that the gate has taken a line.
pub async fn dial<C: Consent, K: Keys>(
    socket: &Path,
    server: &Server<C, K>,
    ready: impl Fn(u16),
) -> Order {
    let lines = (0..LINES).map(|_| Box::pin(keep_one(socket, server, &ready)));
    let mut lines: Vec<_> = lines.collect();
    std::future::poll_fn(|cx| {
        for line in &mut lines {
            if let std::task::Poll::Ready(order) = line.as_mut().poll(cx) {
                return std::task::Poll::Ready(order);
            }
        }
        std::task::Poll::Pending
    })
    .await
}

/// Keeps one line waiting.
async fn keep_one<C: Consent, K: Keys>(
    socket: &Path,
    server: &Server<C, K>,
    ready: &impl Fn(u16),
) -> Order {
    let [first, soon, seldom] = AGAIN;
    let mut pause = first;
    let mut there = Instant::now();
    loop {
        let waited = wait(socket, |port| {
            there = Instant::now();
            pause = first;
            ready(port);
        })
        .await;
        match waited {
            Ok((
                line,
                Message::Connection {
                    door,
                    http_2,
                    theirs,
                    ours,
                },
            )) => {
                let server = server.clone();
                let arrival = Arrival {
                    // The gate has asked the kernel, and hands over nobody else's.
                    peer: Peer::Ours,
                    port: ours.port(),
                    door,
                    ends: Some(Ends::new(theirs, ours)),
                };
                tokio::spawn(async move {
                    server.connection_behind_gate(line, arrival, http_2).await;
                });
            }
            Ok((_, Message::Order(order))) => return order,
            Err(error) => {
                tracing::debug!(%error, "the gate does not answer");
                sleep(pause).await;
                let longest = if there.elapsed() < RECENTLY {
                    soon
                } else {
                    seldom
                };
                pause = (pause * 2).min(longest);
            }
        }
    }
}

async fn wait(socket: &Path, ready: impl FnOnce(u16)) -> io::Result<(Dialled, Message)> {
    let mut line = timeout(PROMPTLY, platform::dial(socket)).await??;
    line.write_all(&AGENT).await?;
    let mut port = [0; 2];
    timeout(PROMPTLY, line.read_exact(&mut port)).await??;
    ready(u16::from_be_bytes(port));
    let mut message = [0; MESSAGE];
    // The line may wait for days.
    line.read_exact(&mut message).await?;
    let message = Message::read(&message).ok_or(io::ErrorKind::InvalidData)?;
    if matches!(message, Message::Connection { .. }) {
        line.write_all(&[TAKEN]).await?;
    }
    Ok((line, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_as_they_were_said() {
        let (four, six) = (
            "127.0.0.1:50000".parse().unwrap(),
            "[::1]:21443".parse().unwrap(),
        );
        for message in [
            Message::Order(Order::Restart),
            Message::Order(Order::Quit),
            Message::Connection {
                door: Door::Native,
                http_2: true,
                theirs: four,
                ours: four,
            },
            Message::Connection {
                door: Door::Native,
                http_2: false,
                theirs: six,
                ours: six,
            },
            Message::Connection {
                door: Door::Hipki,
                http_2: false,
                theirs: four,
                ours: six,
            },
        ] {
            assert_eq!(Message::read(&message.bytes()), Some(message));
        }
        assert_eq!(Message::read(&[9; MESSAGE]), None);
        assert_eq!(Message::read(&[0; MESSAGE]), None);
    }
}
