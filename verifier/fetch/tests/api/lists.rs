//! Lists: kept, refreshed, replaced.

use std::time::Duration;

use chop_fetch::Error;
use chop_testpki::{
    Issuer, KeyKind, List, Pki,
    extension::{self, Point, Scope as Covers},
};
use chop_verifier::CrlError;

use crate::{
    scene::{HOUR, Scene, list, now, pki},
    server::{Page, Server},
};

#[tokio::test]
async fn a_list_is_fetched_once_and_then_there() {
    let (scene, server) = (Scene::new(), Server::start().await);
    server.says(Page::of(list(now(), 3)));
    let fetcher = scene.fetcher();
    for _ in 0..3 {
        let found = fetcher.list(&server.url("/a.crl"), now()).await.unwrap();
        assert_eq!(found.entries(), 3);
    }
    let [seen] = server.seen().try_into().unwrap();
    assert_eq!(
        (seen.method.as_str(), seen.target.as_str()),
        ("GET", "/a.crl")
    );
    assert_eq!(seen.headers["host"], format!("localhost:{}", server.port()));
}

#[tokio::test]
async fn many_that_ask_at_once_cause_one_request() {
    let (scene, server) = (Scene::new(), Server::start().await);
    server.says(Page::of(list(now(), 3)).after(Duration::from_millis(100)));
    let fetcher = scene.fetcher();
    let url = server.url("/a.crl");
    let asking: Vec<_> = (0..20)
        .map(|_| {
            let (fetcher, url) = (fetcher.clone(), url.clone());
            tokio::spawn(async move { fetcher.list(&url, now()).await.map(|list| list.entries()) })
        })
        .collect();
    for one in asking {
        assert_eq!(one.await.unwrap().unwrap(), 3);
    }
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_restart_finds_the_list_without_the_server() {
    let (scene, server) = (Scene::new(), Server::start().await);
    server.says(Page::of(list(now(), 3)));
    let url = server.url("/a.crl");
    scene.fetcher().list(&url, now()).await.unwrap();
    drop(server);
    assert_eq!(
        scene.fetcher().list(&url, now()).await.unwrap().entries(),
        3
    );
}

#[tokio::test]
async fn a_damaged_folder_is_as_good_as_an_empty_one() {
    let (scene, server) = (Scene::new(), Server::start().await);
    server.says(Page::of(list(now(), 3)));
    let url = server.url("/a.crl");
    scene.fetcher().list(&url, now()).await.unwrap();
    for entry in std::fs::read_dir(scene.settings().folder).unwrap() {
        std::fs::write(entry.unwrap().path(), "torn").unwrap();
    }
    assert_eq!(
        scene.fetcher().list(&url, now()).await.unwrap().entries(),
        3
    );
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn an_old_list_is_given_at_once_while_a_newer_one_is_fetched() {
    let (scene, server) = (Scene::new(), Server::start().await);
    server.says(Page::of(list(now(), 3)));
    let (fetcher, url) = (scene.fetcher(), server.url("/a.crl"));
    fetcher.list(&url, now()).await.unwrap();

    let later = now() + HOUR;
    server.says(Page::of(list(now() + HOUR, 4)).after(Duration::from_millis(50)));
    assert_eq!(fetcher.list(&url, later).await.unwrap().entries(), 3);
    server.was_asked(2).await;
    // In its own time the newer one is there.
    for _ in 0..500 {
        if fetcher.list(&url, later).await.unwrap().entries() == 4 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the newer list never came");
}

#[tokio::test]
async fn a_list_that_has_not_changed_is_not_sent_again() {
    let (scene, server) = (Scene::new(), Server::start().await);
    let body = list(now(), 3);
    server.answers(move |seen| match seen.headers.get("if-none-match") {
        Some(tag) if tag == "\"one\"" => Page::status(304),
        _ => Page::of(body.clone())
            .with("etag", "\"one\"")
            .with("last-modified", "Sun, 01 Nov 2026 00:00:00 GMT"),
    });
    let (fetcher, url) = (scene.fetcher(), server.url("/a.crl"));
    fetcher.list(&url, now()).await.unwrap();
    assert_eq!(
        fetcher.refresh(&url, now() + HOUR).await.unwrap().entries(),
        3
    );
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(
        seen[1].headers["if-modified-since"],
        "Sun, 01 Nov 2026 00:00:00 GMT"
    );
    // That it was confirmed is known after a restart as well.
    assert_eq!(
        scene
            .fetcher()
            .list(&url, now() + HOUR)
            .await
            .unwrap()
            .entries(),
        3
    );
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn an_older_list_never_takes_the_place_of_a_newer_one() {
    let (scene, server) = (Scene::new(), Server::start().await);
    server.says(Page::of(list(now(), 3)));
    let (fetcher, url) = (scene.fetcher(), server.url("/a.crl"));
    fetcher.list(&url, now()).await.unwrap();
    server.says(Page::of(list(now() - HOUR, 1)));
    assert_eq!(
        fetcher.refresh(&url, now() + HOUR).await.unwrap().entries(),
        3
    );
    assert_eq!(
        scene
            .fetcher()
            .list(&url, now() + HOUR)
            .await
            .unwrap()
            .entries(),
        3
    );
}

/// Both are signed by authorities that we trust, and lists travel over http.
#[tokio::test]
async fn another_list_never_takes_the_place_of_one_that_counts() {
    let (scene, server) = (Scene::new(), Server::start().await);
    server.says(Page::of(list(now(), 3)));
    let (fetcher, url) = (scene.fetcher(), server.url("/a.crl"));
    fetcher.list(&url, now()).await.unwrap();
    let later = List::new(now() + HOUR);
    let citizens = later.sign(pki().authority(Issuer::Citizens)).unwrap();
    let delta = later.delta_to(&[1]).unwrap();
    let delta = delta.sign(pki().authority(Issuer::Companies)).unwrap();
    let part = extension::issuing_point(&Point::at("http://lists.example/b"), Covers::default());
    let part = List::new(now() + HOUR).with(part);
    let part = part.sign(pki().authority(Issuer::Companies)).unwrap();
    for (hours, other) in [(2, citizens.clone()), (3, delta), (4, part)] {
        server.says(Page::of(other));
        let kept = fetcher.refresh(&url, now() + hours * HOUR).await.unwrap();
        assert_eq!(kept.entries(), 3);
    }
    // An authority may have a new name: once the old list has ended.
    server.says(Page::of(citizens));
    let kept = fetcher.list(&url, now() + 25 * HOUR).await.unwrap();
    assert_eq!(kept.entries(), 0);
}

#[tokio::test]
async fn a_list_that_is_out_of_date_waits_for_its_successor() {
    let (scene, server) = (Scene::new(), Server::start().await);
    server.says(Page::of(list(now(), 3)));
    let (fetcher, url) = (scene.fetcher(), server.url("/a.crl"));
    fetcher.list(&url, now()).await.unwrap();
    let later = now() + 25 * HOUR;
    server.says(Page::of(list(now() + 24 * HOUR, 4)));
    assert_eq!(fetcher.list(&url, later).await.unwrap().entries(), 4);
}

#[tokio::test]
async fn where_there_is_no_successor_the_old_one_is_given_and_its_server_left_alone_for_a_while() {
    let (scene, server) = (Scene::new(), Server::start().await);
    server.says(Page::of(list(now(), 3)));
    let (fetcher, url) = (scene.fetcher(), server.url("/a.crl"));
    fetcher.list(&url, now()).await.unwrap();
    server.says(Page::status(503));
    let later = now() + 25 * HOUR;
    for _ in 0..5 {
        assert_eq!(fetcher.list(&url, later).await.unwrap().entries(), 3);
    }
    assert_eq!(server.seen().len(), 2);
    let again = later + Duration::from_secs(30);
    fetcher.list(&url, again).await.unwrap();
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn a_server_that_failed_is_left_alone_for_a_while() {
    let (scene, server) = (Scene::new(), Server::start().await);
    server.says(Page::status(500));
    let (fetcher, url) = (scene.fetcher(), server.url("/a.crl"));
    let first = fetcher.list(&url, now()).await;
    assert!(matches!(first, Err(Error::Status { status: 500, .. })));
    let second = fetcher.list(&url, now()).await;
    assert!(matches!(second, Err(Error::Recently { .. })));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn what_is_no_list_of_an_authority_we_trust_is_not_kept() {
    let (scene, server) = (Scene::new(), Server::start().await);
    let (fetcher, url) = (scene.fetcher(), server.url("/a.crl"));
    let stranger = Pki::with_keys(now(), KeyKind::P256).unwrap();
    let theirs = List::new(now())
        .sign(stranger.authority(Issuer::Companies))
        .unwrap();
    let mut minute = now();
    for body in [b"<html>".to_vec(), theirs, pki().root().to_vec()] {
        server.says(Page::of(body));
        minute += Duration::from_secs(60);
        let found = fetcher.list(&url, minute).await;
        assert!(
            matches!(
                found,
                Err(Error::List {
                    source: CrlError::Der | CrlError::Signature,
                    ..
                })
            ),
            "{found:?}"
        );
    }
    // Nothing is left of them.
    assert_eq!(
        std::fs::read_dir(scene.settings().folder).unwrap().count(),
        0
    );
}

/// Whoever asked may have gone: a browser is closed, a gateway has no patience.
#[tokio::test]
async fn a_list_comes_although_whoever_asked_has_left() {
    let (scene, server) = (Scene::new(), Server::start().await);
    server.says(Page::of(list(now(), 3)).after(Duration::from_secs(2)));
    let fetcher = scene.fetcher();
    let url = server.url("/a.crl");
    let left = tokio::time::timeout(Duration::from_millis(500), fetcher.list(&url, now())).await;
    assert!(left.is_err());
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(fetcher.newest(&url).unwrap().entries(), 3);
    assert_eq!(fetcher.list(&url, now()).await.unwrap().entries(), 3);
    assert_eq!(server.seen().len(), 1);
}
