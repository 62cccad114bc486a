//! A portal with an authority that it trusts, and a clock that can be put forward.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use portal::{Account, Kind, NewAccount, Portal, Settings, State};
use tempfile::TempDir;

use crate::{
    browser::{Answer, Browser},
    card::{Authority, Blank, COMPANY, Card},
};

/// The portal's origin in every scene.
pub(crate) const ORIGIN: &str = "https://portal.example";

pub(crate) struct Scene {
    pub(crate) portal: Portal,
    pub(crate) companies: Authority,
    pub(crate) citizens: Authority,
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

        let mut settings = Settings::default();
        settings.origin = ORIGIN.parse().unwrap();
        settings.database = format!("sqlite:{}", folder.path().join("portal.db").display());
        settings.anchors = vec![folder.path().to_owned()];
        change(&mut settings);

        let ahead = Arc::new(AtomicU64::new(0));
        let seconds = Arc::clone(&ahead);
        let now = move || SystemTime::now() + Duration::from_secs(seconds.load(Ordering::SeqCst));
        let portal = Portal::open_at(settings, now).await.unwrap();
        Self {
            portal,
            companies,
            citizens,
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
        let new = NewAccount {
            kind: Kind::Company,
            state,
            subject: COMPANY.number.to_owned(),
            name: COMPANY.name.to_owned(),
            mail: "office@company.example".to_owned(),
        };
        self.portal.accounts().seed(new).await.unwrap()
    }

    /// A browser that was never here.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.portal.router())
    }

    /// A company's card.
    pub(crate) fn card(&self, blank: &Blank) -> Card {
        self.companies.card(blank)
    }

    /// The whole road, with this card, in this browser.
    pub(crate) async fn sign_in(&self, browser: &Browser, card: &Card) -> Answer {
        let start = browser.challenge().await;
        browser
            .post_card(&start.token, card.sign(ORIGIN, &start.challenge))
            .await
    }

    /// Takes the database's tables away under the running portal.
    pub(crate) async fn break_database(&self) {
        let url = format!("sqlite:{}", self.folder.path().join("portal.db").display());
        let pool = sqlx::AnyPool::connect(&url).await.unwrap();
        for table in ["challenges", "sessions"] {
            let statement = sqlx::AssertSqlSafe(format!("DROP TABLE {table}"));
            sqlx::query(statement).execute(&pool).await.unwrap();
        }
        pool.close().await;
    }

    /// Lets time pass.
    pub(crate) fn later(&self, minutes: u64) {
        self.ahead.fetch_add(minutes * 60, Ordering::SeqCst);
    }
}
