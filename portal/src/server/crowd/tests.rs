use super::*;

const ONE: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)));
const OTHER: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2)));
const LONG: Duration = Duration::from_secs(3600);

fn crowd(all: usize, each: usize) -> Arc<Crowd> {
    Crowd::new(Places { all, each })
}

async fn seat(crowd: &Arc<Crowd>, peer: Option<IpAddr>) -> Seat {
    crowd.seat(peer).await.unwrap()
}

async fn is_told_to_go(seat: &Seat) -> bool {
    let soon = Duration::from_millis(1);
    tokio::time::timeout(soon, seat.over(LONG)).await == Ok(Over::GaveWay)
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_idle_too_long_is_over() {
    let seat = seat(&crowd(2, 2), ONE).await;
    let start = Instant::now();
    assert_eq!(seat.over(Duration::from_secs(60)).await, Over::Idle);
    assert_eq!(start.elapsed().as_secs(), 60);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_runs_keeps_its_connection_and_sets_the_clock_back() {
    let seat = seat(&crowd(2, 2), ONE).await;
    let start = Instant::now();
    let running = seat.begin();
    let ends = async {
        tokio::time::sleep(Duration::from_secs(90)).await;
        drop(running);
    };
    tokio::join!(seat.over(Duration::from_secs(60)), ends);
    assert_eq!(start.elapsed().as_secs(), 150);
}

#[tokio::test(start_paused = true)]
async fn when_all_places_are_taken_the_longest_idle_gives_way() {
    let crowd = crowd(2, 2);
    let first = seat(&crowd, ONE).await;
    tokio::time::advance(Duration::from_secs(1)).await;
    let second = seat(&crowd, OTHER).await;
    tokio::time::advance(Duration::from_secs(1)).await;
    drop(first.begin());
    let _third = seat(&crowd, OTHER).await;
    assert!(is_told_to_go(&second).await);
    assert!(!is_told_to_go(&first).await);
}

#[tokio::test(start_paused = true)]
async fn one_address_takes_its_own_places_and_no_more() {
    let crowd = crowd(9, 1);
    let other = seat(&crowd, OTHER).await;
    let first = seat(&crowd, ONE).await;
    let _second = seat(&crowd, ONE).await;
    assert!(is_told_to_go(&first).await);
    assert!(!is_told_to_go(&other).await);
}

#[tokio::test(start_paused = true)]
async fn one_network_takes_more_than_an_address_and_not_all() {
    let crowd = crowd(9, 1);
    let of = |address: &str| Some(address.parse().unwrap());
    let first = seat(&crowd, of("2001:db8:0:1::1")).await;
    let second = seat(&crowd, of("2001:db8:0:2::1")).await;
    assert!(!is_told_to_go(&first).await);
    let _third = seat(&crowd, of("2001:db8:0:3::1")).await;
    assert!(is_told_to_go(&first).await);
    assert!(!is_told_to_go(&second).await);
    let _fourth = seat(&crowd, of("2001:db8:0:100::1")).await;
    let _fifth = seat(&crowd, of("2001:db8:0:200::1")).await;
    assert!(!is_told_to_go(&second).await);
    let _sixth = seat(&crowd, of("2001:db8:0:300::1")).await;
    assert!(is_told_to_go(&second).await);
    let _elsewhere = seat(&crowd, of("2001:db8:1::1")).await;
}

#[tokio::test(start_paused = true)]
async fn a_proxy_speaks_for_many() {
    let crowd = crowd(9, 1);
    let first = seat(&crowd, None).await;
    let _second = seat(&crowd, None).await;
    assert!(!is_told_to_go(&first).await);
}

#[tokio::test(start_paused = true)]
async fn while_every_place_is_at_work_a_new_connection_waits_for_the_first_to_end() {
    let crowd = crowd(1, 1);
    let first = seat(&crowd, ONE).await;
    let running = first.begin();
    let start = Instant::now();
    let ends = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        drop(running);
    };
    let (_second, ()) = tokio::join!(crowd.seat(OTHER), ends);
    assert_eq!(start.elapsed().as_secs(), 3);
    assert!(is_told_to_go(&first).await);
}

#[tokio::test(start_paused = true)]
async fn an_address_whose_places_are_all_at_work_gets_no_other() {
    let crowd = crowd(9, 1);
    let first = seat(&crowd, ONE).await;
    let _running = first.begin();
    assert!(crowd.seat(ONE).await.is_none());
}

#[tokio::test(start_paused = true)]
async fn an_ipv6_customer_is_one_whatever_address_they_take() {
    let crowd = crowd(9, 1);
    let address = |text: &str| Some(text.parse().unwrap());
    let first = seat(&crowd, address("2001:db8:1:2::1")).await;
    let neighbour = seat(&crowd, address("2001:db8:1:3::1")).await;
    let _second = seat(&crowd, address("2001:db8:1:2:ffff::9")).await;
    assert!(is_told_to_go(&first).await);
    assert!(!is_told_to_go(&neighbour).await);
}

#[tokio::test(start_paused = true)]
async fn when_the_system_has_no_room_the_longest_idle_go() {
    let crowd = crowd(9, 9);
    let mut seats = Vec::new();
    for _ in 0..4 {
        seats.push(seat(&crowd, ONE).await);
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    let _running = seats[1].begin();
    crowd.make_room(2);
    for (seat, goes) in seats.iter().zip([true, false, true, false]) {
        assert_eq!(is_told_to_go(seat).await, goes);
    }
    // Never more than there are.
    crowd.make_room(9);
    assert!(!is_told_to_go(&seats[1]).await);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_goes_out_keeps_its_connection_and_one_that_is_stuck_does_not() {
    let crowd = crowd(1, 1);
    let first = seat(&crowd, ONE).await;
    let answering = first.begin().answers();
    assert!(crowd.seat(ONE).await.is_none());
    tokio::time::advance(Duration::from_secs(9)).await;
    answering.goes_on();
    tokio::time::advance(Duration::from_secs(9)).await;
    assert!(crowd.seat(ONE).await.is_none());
    tokio::time::advance(STALLED).await;
    let _second = seat(&crowd, ONE).await;
    assert!(is_told_to_go(&first).await);
}
