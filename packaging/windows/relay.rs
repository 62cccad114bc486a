//! Hands bytes on to a port of this machine: for tests under Wine, where the agent closes what
//! comes from a program that Wine does not know, such as curl. Never shipped.
//!
//! `relay FROM TO`, two ports on 127.0.0.1.

use std::{
    io,
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    thread,
};

fn main() -> io::Result<()> {
    let mut ports = std::env::args().skip(1).map(|it| it.parse::<u16>());
    let (Some(Ok(from)), Some(Ok(to))) = (ports.next(), ports.next()) else {
        return Err(io::Error::other("two ports are wanted"));
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, from))?;
    println!("relay");
    loop {
        let (near, _) = listener.accept()?;
        let Ok(far) = TcpStream::connect((Ipv4Addr::LOCALHOST, to)) else {
            continue;
        };
        let (near_again, far_again) = (near.try_clone()?, far.try_clone()?);
        thread::spawn(move || hand_on(near, far));
        thread::spawn(move || hand_on(far_again, near_again));
    }
}

fn hand_on(mut from: TcpStream, mut to: TcpStream) {
    let _ = io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
}
