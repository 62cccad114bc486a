//! A portal with authorities that it trusts, a mail server, and a clock that can be put forward.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use portal::{Account, Kind, Mail, NewAccount, Portal, Settings, State};
use tempfile::TempDir;

use crate::{
    browser::{Answer, Browser},
    card::{Authority, Blank, COMPANY, Card},
    database::{self, Fresh},
    mail_catcher::{Letter, MailCatcher},
};

/// The portal's origin in every scene.
pub(crate) const ORIGIN: &str = "https://portal.example";

/// Where mail goes in most scenes.
pub(crate) const MAIL: &str = "office@company.example";

/// Longer than anything takes here.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Scene {
    pub(crate) portal: Portal,
    pub(crate) companies: Authority,
    pub(crate) citizens: Authority,
    pub(crate) mail: MailCatcher,
    pub(crate) database: Fresh,
    pub(crate) folder: TempDir,
    ahead: Arc<AtomicU64>,
}

impl Scene {
    /// A portal without accounts.
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// A portal with other settings.
    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (companies, citizens) = (Authority::of_companies(), Authority::of_citizens());
        fs::write(folder.path().join("companies.pem"), companies.pem()).unwrap();
        fs::write(folder.path().join("citizens.pem"), citizens.pem()).unwrap();
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mail = MailCatcher::start(any_port).await.unwrap();
        let database = database::fresh(folder.path()).await;

        let mut settings = Settings::default();
        settings.origin = ORIGIN.parse().unwrap();
        settings.database.clone_from(&database.url);
        settings.anchors = vec![folder.path().to_owned()];
        settings.revocation.folder = folder.path().join("revocation");
        settings.revocation.allow_unknown_revocation = true;
        settings.mail = Some(Mail {
            server: mail.url(),
            from: "網路線上申辦 <noreply@portal.example>".to_owned(),
            user: None,
            password_file: None,
        });
        change(&mut settings);

        let ahead = Arc::new(AtomicU64::new(0));
        let seconds = Arc::clone(&ahead);
        let now = move || SystemTime::now() + Duration::from_secs(seconds.load(Ordering::SeqCst));
        let portal = Portal::open_at(settings, now).await.unwrap();
        Self {
            portal,
            companies,
            citizens,
            mail,
            database,
            folder,
            ahead,
        }
    }

    /// A portal in which [`COMPANY`] has an active account.
    pub(crate) async fn with_account() -> (Self, Account) {
        let scene = Self::new().await;
        let account = scene.seed(State::Active).await;
        (scene, account)
    }

    /// Gives [`COMPANY`] an account.
    pub(crate) async fn seed(&self, state: State) -> Account {
        self.seed_of(Kind::Company, &COMPANY, state).await
    }

    /// Gives the holder of a card an account; of a card without a number, one without a card.
    pub(crate) async fn seed_of(&self, kind: Kind, blank: &Blank, state: State) -> Account {
        let new = NewAccount {
            kind,
            state,
            subject: blank.number.to_owned(),
            name: blank.name.to_owned(),
            mail: MAIL.to_owned(),
        };
        self.portal.accounts().seed(new).await.unwrap()
    }

    /// The account with this number, as it stands.
    pub(crate) async fn account(&self, number: &str) -> Account {
        let found = self.portal.accounts().of_number(number).await.unwrap();
        found.unwrap()
    }

    /// A browser that was never here.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.portal.router())
    }

    /// A company's card.
    pub(crate) fn card(&self, blank: &Blank) -> Card {
        self.companies.card(blank)
    }

    /// The whole road, with this company's card, in this browser.
    pub(crate) async fn sign_in(&self, browser: &Browser, card: &Card) -> Answer {
        self.sign_in_at(browser, "/login/company", card).await
    }

    /// The same at another place.
    pub(crate) async fn sign_in_at(&self, browser: &Browser, path: &str, card: &Card) -> Answer {
        let start = browser.challenge().await;
        let assertion = card.sign(ORIGIN, &start.challenge);
        browser.post_to(path, &start.token, assertion).await
    }

    /// Waits for a letter, from 0, to [`MAIL`]; what is due is sent meanwhile.
    pub(crate) async fn letter(&self, number: usize) -> Letter {
        self.letter_to(MAIL, number).await
    }

    /// The same to another address.
    pub(crate) async fn letter_to(&self, mail: &str, number: usize) -> Letter {
        let start = Instant::now();
        loop {
            // To its end: a letter that is broken off is not tried again for minutes.
            self.portal.deliver().await.unwrap();
            let found = self.mail.letter_to(mail, number, Duration::from_millis(20));
            match found.await {
                Ok(letter) => return letter,
                Err(error) => assert!(start.elapsed() < PATIENCE, "{error:#}"),
            }
        }
    }

    /// Sends what is due, when nothing more can come.
    pub(crate) async fn no_more_letters_than(&self, number: usize) {
        // What is put in after an answer takes a moment.
        tokio::time::sleep(Duration::from_millis(200)).await;
        self.portal.deliver().await.unwrap();
        let letters = self.mail.letters();
        assert_eq!(letters.len(), number, "{letters:#?}");
    }

    /// Runs a statement on the database behind the portal's back.
    pub(crate) async fn execute(&self, statement: &'static str) -> Result<u64, sqlx::Error> {
        let pool = sqlx::AnyPool::connect(&self.database.url).await.unwrap();
        let done = sqlx::query(statement).execute(&pool).await;
        pool.close().await;
        done.map(|done| done.rows_affected())
    }

    /// What is answered to whoever asks while another node changes something: it has begun to when
    /// they ask, and is done half a second later.
    pub(crate) async fn amid<T>(
        &self,
        changes: &[&'static str],
        asking: impl Future<Output = T>,
    ) -> T {
        let pool = sqlx::AnyPool::connect(&self.database.url).await.unwrap();
        let begin = match self.database.url.starts_with("sqlite:") {
            true => "BEGIN IMMEDIATE",
            false => "BEGIN",
        };
        let mut other = pool.begin_with(begin).await.unwrap();
        for change in changes {
            sqlx::query(*change).execute(&mut *other).await.unwrap();
        }
        let end = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            other.commit().await.unwrap();
        };
        let (answer, ()) = tokio::join!(asking, end);
        pool.close().await;
        answer
    }

    /// How many rows a table has.
    pub(crate) async fn rows(&self, count: &'static str) -> i64 {
        let pool = sqlx::AnyPool::connect(&self.database.url).await.unwrap();
        let (rows,): (i64,) = sqlx::query_as(count).fetch_one(&pool).await.unwrap();
        pool.close().await;
        rows
    }

    /// Lets time pass.
    pub(crate) fn later(&self, minutes: u64) {
        self.ahead.fetch_add(minutes * 60, Ordering::SeqCst);
    }
}
