//! The room for pages written for HiCOS: whether the agent has its ports, and who else does.

use std::{
    io::{Read as _, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

use super::{Area, Line};
use crate::{ports, text::doctor::hipki as text};

const ADDRESSES: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::LOCALHOST),
    IpAddr::V6(Ipv6Addr::LOCALHOST),
];

/// How long each step may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// The most that is read of an answer, in bytes; ours has about 500.
const MOST: u64 = 4096;

/// A line for each port. None of it is a problem for sign-in.
pub(super) fn lines(ports: &[u16]) -> Vec<Line> {
    if ports.is_empty() {
        return vec![Line::ok(Area::Agent, text::CLOSED)];
    }
    ports.iter().map(|port| line(*port)).collect()
}

fn line(port: u16) -> Line {
    let answers = ADDRESSES.map(|address| greeting(SocketAddr::new(address, port)));
    let at: Vec<_> = ADDRESSES
        .into_iter()
        .zip(&answers)
        .filter_map(|(address, answer)| is_ours(answer.as_deref()?).then_some(address))
        .collect();
    if !at.is_empty() {
        return Line::ok(Area::Agent, text::answers(port, &at));
    }
    if answers.iter().flatten().any(|it| is_the_gates(it)) {
        let (what, remedy) = text::no_agent(port);
        return Line::note(Area::Agent, what, Some(remedy));
    }
    let somebody = answers.iter().any(Option::is_some);
    let (what, remedy) = match (ports::owner(port), ports::reserved(port)) {
        (Some(owner), _) => text::taken(port, Some(&owner)),
        (None, _) if somebody => text::taken(port, None),
        (None, Some(range)) => text::reserved(port, range),
        (None, None) => text::nobody(port),
    };
    Line::note(Area::Agent, what, Some(remedy))
}

/// What is answered to `GET /`; empty if nothing is, `None` if nobody listens.
fn greeting(address: SocketAddr) -> Option<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).ok()?;
    let mut answer = Vec::new();
    let port = address.port();
    let request = format!("GET / HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
    let limited = stream.set_read_timeout(Some(PATIENCE)).is_ok()
        && stream.set_write_timeout(Some(PATIENCE)).is_ok();
    if limited && stream.write_all(request.as_bytes()).is_ok() {
        // What came before an error is an answer as well.
        let _ = stream.take(MOST).read_to_end(&mut answer);
    }
    Some(answer)
}

/// The component's first page has a version as well; ours says who we are.
fn is_ours(answer: &[u8]) -> bool {
    let answer = String::from_utf8_lossy(answer);
    answer.starts_with("HTTP/1.1 200 ") && answer.contains("Chop 印 version:")
}

/// The gate has the port, and nobody to hand a page to.
fn is_the_gates(answer: &[u8]) -> bool {
    let answer = String::from_utf8_lossy(answer);
    answer.starts_with("HTTP/1.1 503 ") && answer.contains(text::INSTALLED)
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, thread};

    use super::*;
    use crate::doctor::State;

    /// Answers one connection on 127.0.0.1.
    fn server(answer: &'static str) -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut part = [0; 1024];
            let _ = stream.read(&mut part);
            let _ = stream.write_all(answer.as_bytes());
            // It stays, as servers do.
            thread::sleep(Duration::from_secs(60));
            drop(listener);
        });
        port
    }

    #[test]
    fn our_own_first_page_is_known() {
        let port = server("HTTP/1.1 200 OK\r\n\r\n<p>Chop 印 version:1.3.4.5</p>");
        let lines = lines(&[port]);
        // The stream stays open: what was read within the time counts.
        assert_eq!(lines[0].state, State::Ok, "{lines:?}");
        assert!(lines[0].what.en.contains("(127.0.0.1)"), "{lines:?}");
    }

    #[test]
    fn a_gate_without_an_agent_is_no_stranger() {
        let port = server(
            "HTTP/1.1 503 Service Unavailable\r\n\r\nChop 已安裝，但此使用者目前沒有執行 Chop。",
        );
        let line = &lines(&[port])[0];
        assert!(line.what.en.contains("the agent does not run"), "{line:?}");
        assert_eq!(line.state, State::Note);
    }

    #[cfg_attr(windows, ignore = "Wine 8 does not tell whose a listener is")]
    #[test]
    fn the_owner_of_a_taken_port_is_named_whatever_it_answers() {
        for answer in [
            "HTTP/1.1 200 OK\r\n\r\nversion:1.3.4.103349",
            "220 mail\r\n",
            "",
        ] {
            let port = server(answer);
            let line = &lines(&[port])[0];
            assert_eq!(line.state, State::Note);
            let process = format!("({})", std::process::id());
            assert!(line.what.en.contains(&process), "{line:?}");
            assert!(line.remedy.is_some());
        }
    }

    #[test]
    fn a_port_that_nobody_has_is_a_note_and_a_closed_room_is_as_it_should_be() {
        // tcpmux: nobody has it.
        assert_eq!(lines(&[1])[0].state, State::Note);
        assert_eq!(lines(&[]), [Line::ok(Area::Agent, text::CLOSED)]);
    }
}
