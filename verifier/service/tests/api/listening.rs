//! Who can reach the service.

use std::{fs, os::unix::fs::PermissionsExt as _, sync::Arc};

use chop_verify::{Error, Listener, Service};
use rcgen::{CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, KeyPair};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::{
    client::Connection,
    scene::{Files, Running, settings},
};

#[tokio::test]
async fn a_unix_socket_is_for_its_user_and_group() {
    let files = Files::new();
    let path = files.path("socket");
    let listen = format!("unix:{}", path.display());
    let service = Running::start(&files.settings(&listen)).await;
    assert_eq!(service.address, listen);
    assert_eq!(
        service.connect().await.get("/health/live").await.status,
        200
    );
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o660);
    // A second one does not take its place, and the first one takes it away with it.
    let second = Listener::bind(&settings(&files.settings(&listen)));
    assert!(matches!(second, Err(Error::Listen { .. })));
    service.stop().await;
    assert!(!path.exists());
}

#[tokio::test]
async fn a_socket_that_an_earlier_run_has_left_is_replaced() {
    let files = Files::new();
    let path = files.path("socket");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    let service = Running::start(&files.settings(&format!("unix:{}", path.display()))).await;
    assert_eq!(
        service.connect().await.get("/health/live").await.status,
        200
    );
}

#[tokio::test]
async fn other_machines_are_not_listened_to_without_certificates() {
    let files = Files::new();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
        let bound = Listener::bind(&settings(&files.settings(address)));
        assert!(
            matches!(
                bound,
                Err(Error::Setting {
                    setting: "listen",
                    ..
                })
            ),
            "{address}"
        );
    }
    let bound = Listener::bind(&settings(&files.settings("localhost")));
    assert!(matches!(
        bound,
        Err(Error::Setting {
            setting: "listen",
            ..
        })
    ));
}

/// An authority for servers and callers, and certificates of it.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn issue(&self, purpose: ExtendedKeyUsagePurpose) -> (rcgen::Certificate, KeyPair) {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.extended_key_usages = vec![purpose];
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.0).unwrap(), key)
    }
}

#[tokio::test]
async fn with_certificates_on_both_sides_other_machines_can_ask() {
    let (files, authority) = (Files::new(), Authority::new());
    let (certificate, key) = authority.issue(ExtendedKeyUsagePurpose::ServerAuth);
    let tls = [
        (
            "certificate",
            files.write("tls.pem", certificate.pem().as_bytes()),
        ),
        (
            "key",
            files.write("tls.key", key.serialize_pem().as_bytes()),
        ),
        (
            "client_authorities",
            files.write("callers.pem", authority.0.pem().as_bytes()),
        ),
    ];
    let tls: Vec<_> = tls
        .iter()
        .map(|(name, path)| format!("{name} = {path:?}"))
        .collect();
    let toml = format!(
        "{}[tls]\n{}\n",
        files.settings("127.0.0.1:0"),
        tls.join("\n")
    );
    let service = Running::start(&toml).await;

    let caller = authority.issue(ExtendedKeyUsagePurpose::ClientAuth);
    let stranger = Authority::new().issue(ExtendedKeyUsagePurpose::ClientAuth);
    let server = authority.issue(ExtendedKeyUsagePurpose::ServerAuth);
    for (identity, good) in [
        (Some(caller), true),
        (Some(stranger), false),
        (Some(server), false),
        (None, false),
    ] {
        let asked = ask(&service.address, authority.0.der(), identity).await;
        assert_eq!(asked.is_some_and(|status| status == 200), good);
    }
}

/// The status of a request over TLS; `None` if there is no connection.
async fn ask(
    address: &str,
    root: &CertificateDer<'static>,
    identity: Option<(rcgen::Certificate, KeyPair)>,
) -> Option<u16> {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let config = match identity {
        Some((certificate, key)) => {
            let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
            config
                .with_client_auth_cert(vec![certificate.der().clone()], key)
                .unwrap()
        }
        None => config.with_no_client_auth(),
    };
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .ok()?;
    // In TLS 1.3 a caller learns only now whether it is wanted.
    let asked = tokio::spawn(async move {
        Connection::over(stream)
            .await
            .get("/health/live")
            .await
            .status
    });
    asked.await.ok()
}

#[tokio::test]
async fn settings_that_cannot_be_used_keep_it_from_starting() {
    let files = Files::new();
    let good = files.settings("127.0.0.1:0");
    files.write("torn.crl", b"torn");
    files.write("empty.pem", b"nothing");
    let torn = format!("[revocation]\nfiles = [{:?}]", files.path("torn.crl"));
    for (toml, setting) in [
        (
            good.replace("https://portal.example", "http://portal.example"),
            "origins",
        ),
        (
            good.replace("[\"https://portal.example\"]", "[]"),
            "origins",
        ),
        (good.replace("root.pem", "none.pem"), "read"),
        (good.replace("root.pem", "empty.pem"), "anchors"),
        (format!("{good}{torn}"), "list"),
        (
            format!("{good}[revocation]\nlists = ['http://l.example']"),
            "revocation.folder",
        ),
        (format!("{good}[revocation]\nfiles = ['/none']"), "read"),
        (
            format!("{good}[rules]\nrequire_assurance = 5"),
            "rules.require_assurance",
        ),
        (
            format!("{good}[rules]\nrequire_policies = ['x']"),
            "rules.require_policies",
        ),
        (
            format!("{good}[rules]\nallow_sha1_signatures_of = ['00']"),
            "rules.allow_sha1_signatures_of",
        ),
        (good.replace("sqlite:", "mysql:"), "store"),
    ] {
        let found = match Service::open(&settings(&toml)).await.err() {
            Some(Error::Setting { setting, .. }) => setting,
            Some(Error::Read { .. }) => "read",
            Some(Error::Anchors { .. }) => "anchors",
            Some(Error::List { .. }) => "list",
            Some(Error::Store(_)) => "store",
            other => panic!("{toml}: {other:?}"),
        };
        assert_eq!(found, setting, "{toml}");
    }
}

/// A developer's own machine; whoever has not asked for it is never served without TLS.
#[tokio::test]
async fn a_site_on_localhost_needs_a_relaxation_of_its_own() {
    let files = Files::new();
    let good = files.settings("127.0.0.1:0");
    let toml = |origin: &str| {
        let relaxed = "[rules]\nallow_plain_localhost = true";
        format!(
            "{}{relaxed}",
            good.replace("https://portal.example", origin)
        )
    };
    assert!(
        Service::open(&settings(&toml("http://localhost:8000")))
            .await
            .is_ok()
    );
    let refused = Service::open(&settings(&toml("http://portal.example"))).await;
    assert!(matches!(
        refused.err(),
        Some(Error::Setting {
            setting: "origins",
            ..
        })
    ));
}
