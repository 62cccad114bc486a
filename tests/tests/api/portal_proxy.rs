//! What the proxy does that a node cannot: to a node every client is the proxy.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use e2e::authority::Authority;
use e2e::haproxy::HaProxy;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use rustls_pki_types::ServerName;

/// As portal/deploy/haproxy.cfg has it.
const CONNECTIONS: usize = 512;

/// How many more come.
const MORE: usize = 8;

/// Far longer than an answer takes here, and shorter than the proxy waits for a request.
const SOON: Duration = Duration::from_secs(5);

/// The proxy's own wait for a request is 10 seconds.
const LATE: Duration = Duration::from_secs(30);

/// A node that answers everything, and knows what it was asked.
struct Node {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Node {
    fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let log = Arc::clone(&asked);
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut request = [0; 4096];
                let length = stream.read(&mut request).unwrap_or_default();
                let request = String::from_utf8_lossy(&request[..length]).into_owned();
                let line = request.lines().next().unwrap_or_default().to_owned();
                log.lock().unwrap().push(line);
                let answer =
                    "HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\nwell";
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Self { address, asked }
    }

    fn was_asked(&self, for_what: &str) -> bool {
        let asked = self.asked.lock().unwrap();
        asked.iter().any(|line| line.contains(for_what))
    }
}

/// The shipped configuration in front of two nodes.
struct Scene {
    _folder: tempfile::TempDir,
    _proxy: HaProxy,
    address: SocketAddr,
    nodes: [Node; 2],
    tls: Arc<ClientConfig>,
}

impl Scene {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new("proxy").unwrap();
        let (certificate, key) = authority.pem(&["localhost"]).unwrap();
        let nodes = [Node::start(), Node::start()];
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let addresses = [nodes[0].address, nodes[1].address];
        let proxy = HaProxy::start(folder.path(), address, (&certificate, &key), addresses);
        let mut roots = RootCertStore::empty();
        roots.add(authority.certificate().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self {
            _folder: folder,
            _proxy: proxy.unwrap(),
            address,
            nodes,
            tls: Arc::new(tls),
        }
    }

    fn tcp(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(SOON)).unwrap();
        stream
    }

    fn connect(&self) -> StreamOwned<ClientConnection, TcpStream> {
        let name = ServerName::try_from("localhost").unwrap();
        let tls = ClientConnection::new(Arc::clone(&self.tls), name).unwrap();
        StreamOwned::new(tls, self.tcp())
    }

    fn was_asked(&self, for_what: &str) -> bool {
        self.nodes.iter().any(|node| node.was_asked(for_what))
    }
}

fn answer(mut stream: impl std::io::Read) -> String {
    let mut answer = Vec::new();
    // Some ends of a connection are none that TLS knows; what came before them counts.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Whether the proxy has hung up on a client who has said nothing yet.
fn is_refused(mut stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    match stream.read(&mut [0; 1]) {
        Ok(length) => length == 0,
        Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
    }
}

#[test]
fn a_request_that_comes_slowly_waits_at_the_proxy() {
    let scene = Scene::start();
    let mut slow = scene.connect();
    slow.sock.set_read_timeout(Some(LATE)).unwrap();
    slow.write_all(b"POST /slow HTTP/1.1\r\nhost: localhost\r\ncontent-length: 60000\r\n\r\n")
        .unwrap();
    // All but its last byte.
    slow.write_all(&[b'a'; 59_999]).unwrap();
    let answered = answer(slow);
    assert!(answered.starts_with("HTTP/1.1 408"), "{answered:?}");
    assert!(!scene.was_asked("/slow"));

    // What the proxy holds is headers and body: long headers would leave the body too little.
    let mut long = scene.connect();
    let cookie = "a".repeat(14_000);
    let head = format!("GET /long HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\n\r\n");
    long.write_all(head.as_bytes()).unwrap();
    let answered = answer(long);
    assert!(answered.starts_with("HTTP/1.1 431"), "{answered:?}");
    assert!(!scene.was_asked("/long"));

    let mut large = scene.connect();
    large
        .write_all(b"POST /large HTTP/1.1\r\nhost: localhost\r\ncontent-length: 65537\r\n\r\n")
        .unwrap();
    large.write_all(&[b'a'; 65_537]).unwrap();
    let answered = answer(large);
    assert!(answered.starts_with("HTTP/1.1 413"), "{answered:?}");
    assert!(!scene.was_asked("/large"));

    let mut whole = scene.connect();
    whole
        .write_all(b"POST /whole HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 4\r\n\r\nbody")
        .unwrap();
    let answered = answer(whole);
    assert!(answered.ends_with("well"), "{answered:?}");
    assert!(scene.was_asked("/whole"));
}

#[test]
fn an_address_has_so_many_connections_and_no_more() {
    let scene = Scene::start();
    // The proxy takes them with several threads: who came last is not who is refused.
    let mut open: Vec<_> = (0..CONNECTIONS + MORE).map(|_| scene.tcp()).collect();
    let start = Instant::now();
    while start.elapsed() < SOON && open.len() > CONNECTIONS {
        open.retain(|stream| !is_refused(stream));
        thread::sleep(Duration::from_millis(50));
    }
    thread::sleep(Duration::from_millis(500));
    open.retain(|stream| !is_refused(stream));
    assert_eq!(open.len(), CONNECTIONS);

    // One that is given back is somebody's again.
    drop(open.pop());
    let mut last = scene.connect();
    let request = b"GET /last HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let mut tries = 0;
    while last.write_all(request).is_err() {
        tries += 1;
        assert!(tries < 50, "the place is not given back");
        thread::sleep(Duration::from_millis(100));
        last = scene.connect();
    }
    assert!(answer(last).ends_with("well"));
}
