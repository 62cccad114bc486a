//! What every store promises.

use std::{
    collections::HashSet,
    time::{Duration, SystemTime},
};

use chop_challenges::{ChallengeStore, LIFETIME, MOST_PER_SESSION, Session};

/// `one` and `other` are two machines with the same store.
pub(crate) async fn all<S>(one: &S, other: &S)
where
    S: ChallengeStore + Clone + 'static,
{
    taken_once(one, other).await;
    bound_to_its_session(one).await;
    good_for_five_minutes(one).await;
    few_per_session(one).await;
    never_the_same(one).await;
    odd_identifiers_find_nothing(one).await;
    one_winner(one, other).await;
}

async fn taken_once<S: ChallengeStore>(one: &S, other: &S) {
    let (session, now) = (Session::of("taken once"), SystemTime::now());
    let issued = one.issue(&session, now).await.unwrap();
    assert_eq!(issued.expires_at, now + LIFETIME);
    assert_eq!(issued.challenge.as_str().len(), 44);
    let taken = other.take(&session, &issued.id, now).await.unwrap();
    assert_eq!(taken, Some(issued.challenge));
    for store in [one, other] {
        let again = store.take(&session, &issued.id, now).await.unwrap();
        assert_eq!(again, None);
    }
}

async fn bound_to_its_session<S: ChallengeStore>(store: &S) {
    let (session, now) = (Session::of("mine"), SystemTime::now());
    let issued = store.issue(&session, now).await.unwrap();
    let stolen = store
        .take(&Session::of("yours"), &issued.id, now)
        .await
        .unwrap();
    assert_eq!(stolen, None);
    // Whoever tried has not spoilt it.
    let taken = store.take(&session, &issued.id, now).await.unwrap();
    assert_eq!(taken, Some(issued.challenge));
}

async fn good_for_five_minutes<S: ChallengeStore>(store: &S) {
    let (session, now) = (Session::of("five minutes"), SystemTime::now());
    let instant = Duration::from_millis(1);
    for (after, good) in [(LIFETIME - instant, true), (LIFETIME, false)] {
        let issued = store.issue(&session, now).await.unwrap();
        let taken = store.take(&session, &issued.id, now + after).await.unwrap();
        assert_eq!(taken.is_some(), good, "{after:?}");
    }
    let (old, new) = (
        store.issue(&session, now - 2 * LIFETIME).await.unwrap(),
        store.issue(&session, now).await.unwrap(),
    );
    store.sweep(now).await.unwrap();
    assert_eq!(store.take(&session, &old.id, now).await.unwrap(), None);
    assert!(store.take(&session, &new.id, now).await.unwrap().is_some());
}

async fn few_per_session<S: ChallengeStore>(store: &S) {
    let (session, now) = (Session::of("few"), SystemTime::now());
    let mut issued = Vec::new();
    for number in 0..MOST_PER_SESSION + 3 {
        let later = Duration::from_millis(u64::try_from(number).unwrap());
        issued.push(store.issue(&session, now + later).await.unwrap());
    }
    let elsewhere = store.issue(&Session::of("others"), now).await.unwrap();
    let end = now + Duration::from_secs(1);
    let mut open = Vec::new();
    for one in &issued {
        open.push(store.take(&session, &one.id, end).await.unwrap().is_some());
    }
    assert_eq!(open, [false, false, false, true, true, true, true]);
    let taken = store.take(&Session::of("others"), &elsewhere.id, end).await;
    assert!(taken.unwrap().is_some());
}

async fn never_the_same<S: ChallengeStore>(store: &S) {
    let now = SystemTime::now();
    let mut seen = HashSet::new();
    for number in 0..50 {
        let session = Session::of(&number.to_string());
        let issued = store.issue(&session, now).await.unwrap();
        assert!(seen.insert(issued.id));
        assert!(seen.insert(issued.challenge.as_str().to_owned()));
    }
}

async fn odd_identifiers_find_nothing<S: ChallengeStore>(store: &S) {
    let (session, now) = (Session::of("odd"), SystemTime::now());
    let long = "x".repeat(100_000);
    for odd in ["", "*", "%", "' OR 1=1 --", "a\0b", "測試", &long] {
        let taken = store.take(&session, odd, now).await.unwrap();
        assert_eq!(taken, None);
    }
}

/// Two hundred at once, from two machines.
async fn one_winner<S: ChallengeStore + Clone + 'static>(one: &S, other: &S) {
    let (session, now) = (Session::of("race"), SystemTime::now());
    for _ in 0..5 {
        let issued = one.issue(&session, now).await.unwrap();
        let racers: Vec<_> = (0..200)
            .map(|number| {
                let store = if number % 2 == 0 { one } else { other }.clone();
                let (session, id) = (session.clone(), issued.id.clone());
                tokio::spawn(async move { store.take(&session, &id, now).await.unwrap() })
            })
            .collect();
        let mut winners = 0;
        for racer in racers {
            winners += usize::from(racer.await.unwrap().is_some());
        }
        assert_eq!(winners, 1);
    }
}
