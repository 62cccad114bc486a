use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

use super::*;

async fn limits() -> (Limits, Arc<AtomicU64>) {
    let ahead = Arc::new(AtomicU64::new(0));
    let seconds = Arc::clone(&ahead);
    let start = SystemTime::now();
    let now = move || start + Duration::from_secs(seconds.load(Ordering::SeqCst));
    let database = Database::open("sqlite::memory:").await.unwrap();
    (Limits::new(database, Clock::new(now)), ahead)
}

fn is_too_often(result: &Result<(), Error>) -> bool {
    matches!(result, Err(Error::TooOften { .. }))
}

#[tokio::test]
async fn one_more_than_allowed_is_too_often_until_the_window_is_over() {
    let (limits, ahead) = limits().await;
    for _ in 0..4 {
        limits.count(Act::OwnMail, "a").await.unwrap();
    }
    assert!(is_too_often(&limits.count(Act::OwnMail, "a").await));
    limits.count(Act::OwnMail, "b").await.unwrap();

    ahead.store(3600, Ordering::SeqCst);
    limits.count(Act::OwnMail, "a").await.unwrap();
}

/// Its own limit is what a client runs into, not the budget of everybody.
#[tokio::test]
async fn whoever_is_over_a_limit_takes_nothing_from_the_others() {
    let (limits, _) = limits().await;
    for _ in 0..120 {
        limits.count(Act::Challenge, "a").await.unwrap();
    }
    for _ in 0..2001 {
        assert!(is_too_often(&limits.count(Act::Challenge, "a").await));
    }
    limits.count(Act::Challenge, "b").await.unwrap();
    let (count,): (i64,) = sqlx::query_as("SELECT count FROM counts WHERE key = 'challenge a'")
        .fetch_one(limits.database.read())
        .await
        .unwrap();
    assert_eq!(count, 120);
}

/// The same where they come before the first was refused.
#[tokio::test]
async fn nor_do_thousands_at_once() {
    let (limits, _) = limits().await;
    let limits = Arc::new(limits);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..2000 {
        let limits = Arc::clone(&limits);
        tasks.spawn(async move { limits.count(Act::Challenge, "a").await.is_ok() });
    }
    let mut counted = 0;
    while let Some(one) = tasks.join_next().await {
        counted += u32::from(one.unwrap());
    }
    assert_eq!(counted, 120);
    assert!(lock(&limits.bucket).left >= 880.0);
}

#[tokio::test]
async fn another_nodes_counts_are_counted_and_what_is_taken_back_is_not() {
    let (one, ahead) = limits().await;
    let other = Limits::new(one.database.clone(), one.clock.clone());
    for limits in [&one, &other, &one, &other] {
        limits.count(Act::OwnMail, "a").await.unwrap();
    }
    assert!(is_too_often(&one.count(Act::OwnMail, "a").await));
    other.take_back(Act::OwnMail, "a").await.unwrap();
    // The other node knows it at once, this one a second later.
    ahead.store(2, Ordering::SeqCst);
    one.count(Act::OwnMail, "a").await.unwrap();
    assert!(is_too_often(&other.count(Act::OwnMail, "a").await));
}

#[tokio::test]
async fn everybody_together_gets_so_many_a_second() {
    let (limits, ahead) = limits().await;
    for _ in 0..1000 {
        limits.take_one().unwrap();
    }
    assert!(is_too_often(&limits.take_one()));
    ahead.store(1, Ordering::SeqCst);
    limits.take_one().unwrap();
}

#[tokio::test]
async fn old_counts_are_forgotten() {
    let (limits, ahead) = limits().await;
    limits.count(Act::Challenge, "a").await.unwrap();
    ahead.store(3601, Ordering::SeqCst);
    limits.sweep().await.unwrap();
    let (left,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM counts")
        .fetch_one(limits.database.read())
        .await
        .unwrap();
    assert_eq!(left, 0);
}
