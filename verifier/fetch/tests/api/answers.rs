//! OCSP answers, from the question to the verdict.

use std::time::{Duration, Instant};

use chop_fetch::{Error, Fetcher};
use chop_testpki::{Answer, Credential, Holder, Issuer, KeyKind, Request, Responder, Status};
use chop_verifier::{
    Certificate, Challenge, Evidence, Occasion, OcspError, Revocation, Source, Sources, Verifier,
};

use crate::{
    scene::{Scene, anchors, list, now, pki},
    server::{Page, Seen, Server},
};

struct Card {
    credential: Credential,
    certificate: Certificate,
    sources: Sources,
    verifier: Verifier,
}

/// A card whose responder is at this server.
fn card(server: &Server) -> Card {
    let company = Holder::company();
    let request = Request::of(&company).ocsp_at(&server.url("/ocsp"));
    let credential = pki().credential(&request, KeyKind::P256).unwrap();
    let certificate = Certificate::from_der(credential.certificate.clone()).unwrap();
    let verifier = Verifier::new(anchors()).allow_unknown_revocation_of_authorities();
    let sources = verifier.sources(&certificate, now()).unwrap();
    Card {
        credential,
        certificate,
        sources,
        verifier,
    }
}

fn fetcher(scene: &Scene) -> Fetcher {
    scene.fetcher_with(|settings| settings.allow_private_addresses = true)
}

/// What the responder answers; the nonce is the last 32 bytes of our questions.
fn answer(certificate: &[u8], seen: &Seen, status: Status, with_nonce: bool) -> Page {
    let authority = pki().authority(Issuer::Companies);
    let mut answer = Answer::new(certificate, authority.certificate(), status, now());
    if with_nonce {
        answer = answer.nonce(&seen.body[seen.body.len() - 32..]);
    }
    let responder = Responder {
        key: authority.key(),
        certificate: authority.certificate(),
        send_certificate: false,
    };
    Page::of(answer.sign(responder).unwrap())
}

fn judge(card: &Card, evidence: &Evidence) -> Result<Revocation, chop_verifier::Refusal> {
    let origin = "https://site.example".parse().unwrap();
    let challenge = Challenge::from_random([7; 32]);
    let text = chop_testpki::assertion(&card.credential, &origin, &challenge).unwrap();
    let occasion = Occasion::at(now()).with(evidence);
    let verified = card
        .verifier
        .sign_in(&text, &origin, &challenge, occasion)?;
    Ok(verified.signer.revocation)
}

#[tokio::test]
async fn an_answer_with_our_nonce_decides() {
    let (scene, server) = (Scene::new(), Server::start().await);
    let card = card(&server);
    for (status, good) in [(Status::Good, true), (Status::Revoked(now()), false)] {
        let certificate = card.credential.certificate.clone();
        server.answers(move |seen| answer(&certificate, seen, status.clone(), true));
        let evidence = fetcher(&scene)
            .evidence(&card.certificate, &card.sources, now())
            .await;
        let verdict = judge(&card, &evidence);
        assert_eq!(verdict.is_ok(), good, "{verdict:?}");
        if good {
            let by = Source::Ocsp;
            assert_eq!(verdict, Ok(Revocation::Good { as_of: now(), by }));
        }
    }
    let seen = server.seen();
    assert_eq!(seen[0].method, "POST");
    assert_eq!(seen[0].headers["content-type"], "application/ocsp-request");
    // Every question has a nonce of its own.
    assert_ne!(seen[0].body, seen[1].body);
}

#[tokio::test]
async fn an_answer_that_was_kept_by_somebody_does_not_count() {
    let (scene, server) = (Scene::new(), Server::start().await);
    let card = card(&server);
    let certificate = card.credential.certificate.clone();
    server.answers(move |seen| answer(&certificate, seen, Status::Good, false));
    let evidence = fetcher(&scene)
        .evidence(&card.certificate, &card.sources, now())
        .await;
    assert!(judge(&card, &evidence).is_err());
}

#[tokio::test]
async fn what_is_no_answer_is_an_error() {
    let (scene, server) = (Scene::new(), Server::start().await);
    let card = card(&server);
    let fetcher = fetcher(&scene);
    for (page, is_right) in [
        (
            Page::of(b"<html>".to_vec()),
            &(|error: &Error| {
                matches!(
                    error,
                    Error::Answer {
                        source: OcspError::Der,
                        ..
                    }
                )
            }) as &dyn Fn(&Error) -> bool,
        ),
        (Page::of(vec![0x30, 3, 10, 1, 3]), &|error| {
            matches!(
                error,
                Error::Answer {
                    source: OcspError::Responder { status: 3 },
                    ..
                }
            )
        }),
        (Page::status(500), &|error| {
            matches!(error, Error::Status { status: 500, .. })
        }),
        (Page::status(304), &|error| {
            matches!(error, Error::Status { status: 304, .. })
        }),
        (Page::redirect("/elsewhere"), &|error| {
            matches!(error, Error::Status { status: 302, .. })
        }),
        (Page::of(vec![0; 100_000]), &|error| {
            matches!(error, Error::TooLarge { .. })
        }),
    ] {
        server.says(page);
        let error = fetcher
            .answer(&card.certificate, &card.sources)
            .await
            .unwrap_err();
        assert!(is_right(&error), "{error:?}");
    }
}

#[tokio::test]
async fn a_certificate_that_names_no_responder_has_no_answer() {
    let company = Holder::company();
    let card = pki()
        .credential(&Request::of(&company), KeyKind::P256)
        .unwrap();
    let certificate = Certificate::from_der(card.certificate).unwrap();
    let sources = Verifier::new(anchors())
        .sources(&certificate, now())
        .unwrap();
    let answer = Scene::new().fetcher().answer(&certificate, &sources).await;
    assert!(answer.unwrap().is_none());
}

#[tokio::test]
async fn a_responder_that_sends_no_nonce_counts_where_the_operator_says_so() {
    let (scene, server) = (Scene::new(), Server::start().await);
    let card = card(&server);
    let certificate = card.credential.certificate.clone();
    server.answers(move |seen| answer(&certificate, seen, Status::Good, false));
    let refused = fetcher(&scene)
        .answer(&card.certificate, &card.sources)
        .await;
    assert!(matches!(refused, Err(Error::Nonce { .. })), "{refused:?}");
    let fetcher = scene.fetcher_with(|settings| {
        settings.allow_private_addresses = true;
        settings.allow_no_nonce_from = vec!["LocalHost".to_owned()];
    });
    let evidence = fetcher
        .evidence(&card.certificate, &card.sources, now())
        .await;
    assert!(judge(&card, &evidence).is_ok());
}

/// A card whose responder and lists are at this server: a partition, then the complete one.
fn card_with_lists(server: &Server) -> (Certificate, Sources) {
    let company = Holder::company();
    let request = Request::of(&company)
        .ocsp_at(&server.url("/ocsp"))
        .lists_at(&server.url("/list"));
    let credential = pki().credential(&request, KeyKind::P256).unwrap();
    let certificate = Certificate::from_der(credential.certificate).unwrap();
    let sources = Verifier::new(anchors())
        .sources(&certificate, now())
        .unwrap();
    (certificate, sources)
}

#[tokio::test]
async fn a_good_answer_does_not_wait_for_a_list() {
    let (scene, server) = (Scene::new(), Server::start().await);
    let (certificate, sources) = card_with_lists(&server);
    let der = certificate.der().to_vec();
    server.answers(move |seen| match seen.method.as_str() {
        "POST" => answer(&der, seen, Status::Good, true),
        _ => Page::status(503).after(Duration::from_secs(60)),
    });
    let start = Instant::now();
    let evidence = fetcher(&scene)
        .evidence(&certificate, &sources, now())
        .await;
    assert!(
        format!("{evidence:?}").contains("OcspAnswer"),
        "{evidence:?}"
    );
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test]
async fn nobody_waits_longer_than_the_limit_and_what_is_there_counts() {
    let (scene, server) = (Scene::new(), Server::start().await);
    let (certificate, sources) = card_with_lists(&server);
    server.answers(|seen| match seen.method.as_str() {
        "POST" => Page::status(503).after(Duration::from_secs(60)),
        _ => Page::of(list(now(), 2)),
    });
    let fetcher = scene.fetcher_with(|settings| {
        settings.allow_private_addresses = true;
        settings.evidence_limit = Duration::from_secs(2);
    });
    let start = Instant::now();
    let evidence = fetcher.evidence(&certificate, &sources, now()).await;
    assert_eq!(evidence.lists().count(), 1);
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
}
