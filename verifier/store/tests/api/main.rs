//! The same tests for every store, each against the real server.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails; clippy knows helpers outside `#[test]` not as tests"
)]

mod promises;
mod servers;

use chop_challenges::{RedisStore, SqlStore};

use servers::{Postgres, Redis};

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_in_a_file_keeps_every_promise() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("challenges.db").display());
    let open = async || SqlStore::open(&url).await.unwrap();
    promises::all(&open().await, &open().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_in_memory_keeps_every_promise() {
    let store = SqlStore::open("sqlite::memory:").await.unwrap();
    promises::all(&store, &store.clone()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_keeps_every_promise() {
    let server = Postgres::start();
    let open = async || SqlStore::open(server.url()).await.unwrap();
    promises::all(&open().await, &open().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_keeps_every_promise() {
    let server = Redis::start();
    let open = async || RedisStore::open(server.url()).await.unwrap();
    promises::all(&open().await, &open().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_that_open_a_new_database_at_once_all_can() {
    let server = Postgres::start();
    let url = server.url().to_owned();
    let opened: Vec<_> = (0..8)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { SqlStore::open(&url).await.is_ok() })
        })
        .collect();
    for one in opened {
        assert!(one.await.unwrap());
    }
}

#[tokio::test]
async fn a_store_that_is_not_there_is_an_error() {
    assert!(SqlStore::open("postgres://127.0.0.1:1/none").await.is_err());
    assert!(SqlStore::open("sqlite:/no/such/folder/file").await.is_err());
    assert!(RedisStore::open("redis://127.0.0.1:1/").await.is_err());
    assert!(RedisStore::open("not a url").await.is_err());
}
