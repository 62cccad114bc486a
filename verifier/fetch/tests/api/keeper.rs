//! Lists that are kept fresh.

use std::{sync::Arc, time::Duration};

use chop_fetch::Keeper;
use tokio::time::timeout;

use crate::{
    scene::{Scene, list, now},
    server::{Page, Server},
};

#[tokio::test]
async fn evidence_comes_when_the_lists_are_there() {
    let (scene, server) = (Scene::new(), Server::start().await);
    server.says(Page::of(list(now(), 3)));
    let addresses = vec![server.url("/a.crl"), "http://localhost:1/none".to_owned()];
    let (keeper, mut evidence) = Keeper::start(Arc::new(scene.fetcher()), addresses);
    timeout(Duration::from_secs(20), evidence.changed())
        .await
        .unwrap()
        .unwrap();
    let text = format!("{:?}", evidence.borrow());
    // The list that is there is there, although the other is not.
    assert_eq!(text.matches("entries: 3").count(), 1, "{text}");
    // With the keeper ends what it does.
    drop(keeper);
    let ended = timeout(Duration::from_secs(20), evidence.changed())
        .await
        .unwrap();
    assert!(ended.is_err());
}
