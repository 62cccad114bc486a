//! Ten thousand at once, four processes, one database.

use chop_testpki::Holder;
use serde_json::json;

use crate::{
    client::Connection,
    process::Process,
    scene::{Files, SESSION, card, issue, signed},
    servers::Postgres,
};

const SUBMISSIONS: usize = 10_000;
const PROCESSES: usize = 4;
/// Connections to each process.
const CONNECTIONS: usize = 32;

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_thousand_submissions_to_four_processes_one_wins() {
    let (files, database) = (Files::new(), Postgres::start());
    let toml = files.settings("127.0.0.1:0") + &files.with_lists();
    let start = toml.find("store = ").unwrap();
    let end = start + toml[start..].find('\n').unwrap();
    let toml = format!(
        "{}store = {:?}{}",
        &toml[..start],
        database.url(),
        &toml[end..]
    );
    let settings = files.write("settings.toml", toml.as_bytes());
    let processes: Vec<_> = (0..PROCESSES).map(|_| Process::start(&settings)).collect();

    let mut first = Connection::to(&processes[0].address).await;
    let (challenge, id) = issue(&mut first).await;
    let assertion = signed(&card(&Holder::company()), &challenge);
    let question = json!({ "session": SESSION, "id": id, "assertion": assertion });

    let each = SUBMISSIONS / PROCESSES / CONNECTIONS;
    let mut callers = Vec::new();
    for process in &processes {
        for _ in 0..CONNECTIONS {
            let (mut caller, question) = (Connection::to(&process.address).await, question.clone());
            callers.push(tokio::spawn(async move {
                let mut statuses = Vec::with_capacity(each + 1);
                for _ in 0..=each {
                    statuses.push(caller.post("/v1/sign-ins", &question).await.status);
                }
                statuses
            }));
        }
    }
    let (mut won, mut gone) = (0, 0);
    for caller in callers {
        for status in caller.await.unwrap() {
            match status {
                200 => won += 1,
                409 => gone += 1,
                other => panic!("{other}"),
            }
        }
    }
    assert_eq!(won, 1);
    assert!(won + gone >= SUBMISSIONS, "{gone}");
}
