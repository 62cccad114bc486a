//! Whether the agent answers: asked as a page would, over TLS that trusts its authority alone.

use std::{
    io::{self, Read as _, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    sync::Arc,
    time::Duration,
};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, Stream, crypto::ring, pki_types::ServerName,
};

use super::{Area, Line, anchor::Anchor};
use crate::text::doctor::agent as text;

const ADDRESSES: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::LOCALHOST),
    IpAddr::V6(Ipv6Addr::LOCALHOST),
];

/// How long each step may take; a program that takes connections and says nothing ends here.
const PATIENCE: Duration = Duration::from_secs(2);

/// The longest answer that is read, in bytes; ours has about 400.
const MAX_ANSWER: u64 = 16_384;

/// What is at an address.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Found {
    /// Nobody listens.
    Nobody,
    /// Somebody without our certificate.
    Stranger,
    /// Somebody with our certificate who does not answer as an agent.
    Odd,
    /// The machine's gate, to which no agent of this person has come.
    Gate,
    /// The agent.
    Agent,
}

pub(super) fn lines(ports: &[u16], pair: Option<&dyn Anchor>) -> Vec<Line> {
    let config = pair.and_then(trusting);
    let mut odd = Vec::new();
    let mut taken = Vec::new();
    for port in ports {
        let found = ADDRESSES.map(|address| look(SocketAddr::new(address, *port), config.as_ref()));
        let at: Vec<_> = ADDRESSES
            .into_iter()
            .zip(found)
            .filter_map(|(address, found)| (found == Found::Agent).then_some(address))
            .collect();
        if !at.is_empty() {
            // Ports before it, which others have, are no problem: the bridge looks further too.
            return vec![Line::ok(Area::Agent, text::answers(*port, &at))];
        }
        if found.contains(&Found::Odd) {
            odd.push(Line::problem(Area::Agent, text::answers_oddly(*port)));
        } else if found.contains(&Found::Stranger) {
            taken.push(text::port_taken(*port));
        }
    }
    // As long as one port is free, the agent can be started.
    let all_taken = taken.len() == ports.len();
    let taken = taken.into_iter().map(|(what, remedy)| {
        if all_taken {
            Line::problem(Area::Agent, (what, remedy))
        } else {
            Line::note(Area::Agent, what, Some(remedy))
        }
    });
    let not_running = Line::problem(Area::Agent, text::NOT_RUNNING);
    odd.into_iter().chain(taken).chain([not_running]).collect()
}

/// TLS that trusts this pair's authority and nobody else.
fn trusting(pair: &dyn Anchor) -> Option<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    roots.add(pair.authority().clone()).ok()?;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .ok()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Some(Arc::new(config))
}

fn look(address: SocketAddr, config: Option<&Arc<ClientConfig>>) -> Found {
    let Ok(stream) = TcpStream::connect_timeout(&address, PATIENCE) else {
        return Found::Nobody;
    };
    // Without a certificate of ours, whoever listens is none of ours.
    let Some(config) = config else {
        return Found::Stranger;
    };
    let Ok(localhost) = ServerName::try_from("localhost") else {
        return Found::Stranger;
    };
    let Ok(mut tls) = ClientConnection::new(Arc::clone(config), localhost) else {
        return Found::Stranger;
    };
    match ask(stream, address.port(), &mut tls) {
        Ok(answer) if is_greeting(&answer) => Found::Agent,
        Ok(answer) if is_refusal(&answer) => Found::Gate,
        _ if tls.is_handshaking() => Found::Stranger,
        // Nobody else can finish a handshake with our certificate.
        _ => Found::Odd,
    }
}

/// Sends `GET /v1/info` and gives the whole answer, headers and all.
fn ask(mut stream: TcpStream, port: u16, tls: &mut ClientConnection) -> io::Result<Vec<u8>> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut tls = Stream::new(tls, &mut stream);
    // An origin of its own, as every request needs one; `.invalid` can be no site's.
    let request = format!(
        "GET /v1/info HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: https://doctor.invalid\r\n\
         Connection: close\r\n\r\n"
    );
    tls.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    match tls.take(MAX_ANSWER).read_to_end(&mut answer) {
        // The end of the connection without TLS's farewell cannot shorten what we look for.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
        read => drop(read?),
    }
    Ok(answer)
}

/// Success, and JSON that says `"agent":"chop"`.
fn is_greeting(answer: &[u8]) -> bool {
    says(answer, "HTTP/1.1 200 ", "agent", "chop")
}

/// What the gate says to whoever has no agent.
fn is_refusal(answer: &[u8]) -> bool {
    says(answer, "HTTP/1.1 503 ", "code", "no_agent")
}

/// Whether an answer starts so, and has this value in its JSON.
fn says(answer: &[u8], start: &str, key: &str, value: &str) -> bool {
    let answer = String::from_utf8_lossy(answer);
    let Some((head, body)) = answer.split_once("\r\n\r\n") else {
        return false;
    };
    let body: Option<serde_json::Value> = serde_json::from_str(body).ok();
    head.starts_with(start)
        && body.is_some_and(|body| body.get(key).and_then(|it| it.as_str()) == Some(value))
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, thread, time::SystemTime};

    use chop_certs::{Lifetime, LocalhostPair};

    use super::*;
    use crate::doctor::State;

    const GREETING: &str =
        "HTTP/1.1 200 OK\r\ncontent-length: 34\r\n\r\n{\"agent\":\"chop\",\"protocol\":[1,1]}\n";

    const REFUSAL: &str =
        "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 19\r\n\r\n{\"code\":\"no_agent\"}";

    fn pair() -> LocalhostPair {
        LocalhostPair::generate(SystemTime::now(), Lifetime::PerPerson).unwrap()
    }

    /// Answers one connection on 127.0.0.1 with `answer`, in TLS with this pair if there is one.
    fn server(pair: Option<&LocalhostPair>, answer: &'static str) -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let config = pair.map(|pair| {
            chop_service::tls_config(vec![pair.leaf().clone()], pair.key().clone_key()).unwrap()
        });
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            match config {
                None => drop(stream.write_all(answer.as_bytes())),
                Some(config) => {
                    let mut connection = rustls::ServerConnection::new(config).unwrap();
                    let mut tls = Stream::new(&mut connection, &mut stream);
                    // All of the request: bytes left unread would reset the connection.
                    let mut request = Vec::new();
                    let mut part = [0; 4096];
                    while !request.ends_with(b"\r\n\r\n") {
                        match tls.read(&mut part) {
                            Ok(read) if read > 0 => request.extend_from_slice(&part[..read]),
                            _ => return,
                        }
                    }
                    let _ = tls.write_all(answer.as_bytes());
                }
            }
        });
        port
    }

    /// tcpmux: nobody has it, and no test can be given it.
    const FREE: u16 = 1;

    #[test]
    fn a_gate_without_an_agent_says_that_the_agent_does_not_run_and_no_more() {
        let pair = pair();
        let port = server(Some(&pair), REFUSAL);
        let not_running = Line::problem(Area::Agent, text::NOT_RUNNING);
        assert_eq!(lines(&[port], Some(&pair)), [not_running]);
    }

    #[test]
    fn an_agent_with_our_certificate_is_found() {
        let pair = pair();
        let port = server(Some(&pair), GREETING);
        let lines = lines(&[port], Some(&pair));
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].state, State::Ok);
        assert!(
            lines[0]
                .what
                .en
                .contains(&format!("https://localhost:{port} (127.0.0.1)"))
        );
    }

    #[test]
    fn an_agent_on_a_later_port_is_found_although_a_stranger_has_the_first() {
        let pair = pair();
        let ports = [server(None, "220 mail\r\n"), server(Some(&pair), GREETING)];
        let lines = lines(&ports, Some(&pair));
        assert!(lines.len() == 1 && lines[0].state == State::Ok, "{lines:?}");
    }

    #[test]
    fn a_server_with_another_certificate_is_a_stranger() {
        let (ours, theirs) = (pair(), pair());
        let port = server(Some(&theirs), GREETING);
        let lines = lines(&[port], Some(&ours));
        assert_eq!(
            lines.iter().map(|line| line.state).collect::<Vec<_>>(),
            [State::Problem; 2]
        );
        assert!(lines[0].what.en.contains("another program"), "{lines:?}");
    }

    #[test]
    fn our_certificate_alone_does_not_make_an_agent() {
        let pair = pair();
        let port = server(
            Some(&pair),
            "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
        );
        let lines = lines(&[port], Some(&pair));
        assert!(
            lines[0].what.en.contains("does not answer as the agent"),
            "{lines:?}"
        );
    }

    #[test]
    fn nobody_there_means_that_the_agent_does_not_run() {
        let lines = lines(&[FREE], Some(&pair()));
        assert_eq!(lines, [Line::problem(Area::Agent, text::NOT_RUNNING)]);
    }

    #[test]
    fn a_port_that_is_taken_is_a_problem_only_when_all_are() {
        let ports = [server(None, "220 mail\r\n"), FREE];
        let lines = lines(&ports, Some(&pair()));
        assert_eq!(lines[0].state, State::Note);
        assert_eq!(lines[1], Line::problem(Area::Agent, text::NOT_RUNNING));
    }

    #[test]
    fn without_a_certificate_whoever_listens_is_a_stranger() {
        let port = server(None, "");
        assert!(lines(&[port], None)[0].what.en.contains("another program"));
    }
}
