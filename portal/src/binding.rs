//! Cards that become an account's: a company's with an application made without it, a citizen's
//! new card with the account of the old one.
//!
//! Never is a card matched by a name. A company's card finds applications with its 統一編號, and the
//! person confirms which one is theirs. A citizen names the account; a code in its mail shows that
//! the account is theirs, and if another card is bound already, the operator looks as well.

mod decide;
mod unbind;

use std::time::Duration;

use crate::{
    Account, Accounts, Error, State,
    audit::{Action, Audit},
    browser::Browser,
    clock::Clock,
    database::{Changes, Database},
    outbox::{Letter, Outbox},
    secret::{code, fingerprint, id, same},
    signer::Signer,
};

/// How long a code is good.
const LIFETIME: Duration = Duration::from_secs(30 * 60);
/// How often one may be typed in.
const TRIES: i64 = 5;
/// How long a decided or forgotten request is kept.
const KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Requests of citizens to bind a card.
#[derive(Clone, Debug)]
pub(crate) struct CardRequests {
    database: Database,
    clock: Clock,
    audit: Audit,
    accounts: Accounts,
    outbox: Outbox,
}

/// What came of a code that was typed in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Confirmed {
    /// The card is bound to this account.
    Bound(String),
    /// The operator has to look.
    Waits,
    /// Not the code, too late, or too often.
    Wrong,
}

impl CardRequests {
    pub(crate) fn new(
        database: Database,
        clock: Clock,
        audit: Audit,
        accounts: Accounts,
        outbox: Outbox,
    ) -> Self {
        Self {
            database,
            clock,
            audit,
            accounts,
            outbox,
        }
    }

    /// Asks to bind this browser's verified card to an account, and mails a code to it.
    ///
    /// # Errors
    /// [`Error::Random`], [`Error::Database`].
    pub(crate) async fn ask(
        &self,
        browser: &Browser,
        signer: &Signer,
        account: &Account,
        client: &str,
    ) -> Result<(), Error> {
        let now = self.clock.now_ms();
        let mut changes = self.database.begin().await?;
        sqlx::query(
            "INSERT INTO card_requests (id, account, browser, signer, state, code, tries, \
             created_at) VALUES ($1, $2, $3, $4, 'code', '', 0, $5)",
        )
        .bind(id(now)?)
        .bind(&account.number)
        .bind(browser.key())
        .bind(serde_json::to_string(signer).expect("a few texts are JSON"))
        .bind(now)
        .execute(&mut *changes)
        .await?;
        let mail = &account.profile.mail;
        self.outbox
            .put(&mut changes, Letter::Code, &account.number, mail)
            .await?;
        self.note(Action::CardAsked, "anybody", &account.number, signer)
            .client(client)
            .write(&mut changes)
            .await?;
        Ok(changes.commit().await?)
    }

    /// A new code for the newest request of an account, with the name on its card; none where no
    /// request waits for one.
    ///
    /// # Errors
    /// [`Error::Random`], [`Error::Database`], [`Error::Row`].
    pub(crate) async fn new_code(&self, account: &str) -> Result<Option<(String, String)>, Error> {
        let code = code()?;
        let waits: Option<(String,)> = sqlx::query_as(
            "UPDATE card_requests SET code = $2 WHERE id = (\
             SELECT id FROM card_requests WHERE account = $1 AND state = 'code' \
             AND created_at > $3 ORDER BY id DESC LIMIT 1) RETURNING signer",
        )
        .bind(account)
        .bind(fingerprint(&code))
        .bind(self.oldest())
        .fetch_optional(self.database.write())
        .await?;
        let Some((signer,)) = waits else {
            return Ok(None);
        };
        Ok(Some((code, read(&signer)?.name)))
    }

    /// Takes a code that was typed into the browser that asked. An account without a card gets
    /// this one; where there is another, the operator decides.
    ///
    /// # Errors
    /// [`Error::Random`], [`Error::Database`], [`Error::Row`].
    pub(crate) async fn confirm(
        &self,
        browser: &Browser,
        typed: &str,
        client: &str,
    ) -> Result<Confirmed, Error> {
        let mut changes = self.database.begin().await?;
        // A try is counted before the code is looked at, whatever comes of it.
        let asked: Option<(String, String, String, String)> = sqlx::query_as(
            "UPDATE card_requests SET tries = tries + 1 WHERE id = (\
             SELECT id FROM card_requests WHERE browser = $1 AND state = 'code' \
             AND created_at > $2 ORDER BY id DESC LIMIT 1) AND tries < $3 \
             RETURNING id, account, code, signer",
        )
        .bind(browser.key())
        .bind(self.oldest())
        .bind(TRIES)
        .fetch_optional(&mut *changes)
        .await?;
        let Some((id, number, hash, signer)) = asked else {
            return Ok(Confirmed::Wrong);
        };
        if hash.is_empty() || !same(&hash, &fingerprint(typed.trim())) {
            changes.commit().await?;
            return Ok(Confirmed::Wrong);
        }
        let signer = read(&signer)?;
        // Of two codes of one account that are typed at once, one is the second: whoever is first
        // holds the account until its card is there.
        Accounts::hold(&mut changes, &number).await?;
        let has_card: Option<(String,)> =
            sqlx::query_as("SELECT subject FROM subjects WHERE account = $1 LIMIT 1")
                .bind(&number)
                .fetch_optional(&mut *changes)
                .await?;
        let is_first = has_card.is_none();
        let state = if is_first { "bound" } else { "operator" };
        sqlx::query("UPDATE card_requests SET state = $2 WHERE id = $1")
            .bind(&id)
            .bind(state)
            .execute(&mut *changes)
            .await?;
        if is_first
            && !self
                .bind(&mut changes, &number, &signer, "anybody", client)
                .await?
        {
            return Ok(Confirmed::Wrong);
        }
        changes.commit().await?;
        Ok(if is_first {
            Confirmed::Bound(number)
        } else {
            Confirmed::Waits
        })
    }

    /// Binds a card to an account and tells its holder. False when it is another's already, or the
    /// account was closed meanwhile.
    ///
    /// # Errors
    /// [`Error::Random`], [`Error::Database`].
    pub(crate) async fn bind(
        &self,
        changes: &mut Changes,
        number: &str,
        signer: &Signer,
        actor: &str,
        client: &str,
    ) -> Result<bool, Error> {
        let accounts = &self.accounts;
        let mail = match Accounts::hold(changes, number).await? {
            Some((State::Pending | State::Active, mail)) => mail,
            Some((State::Disabled, _)) | None => return Ok(false),
        };
        if !accounts
            .bind(changes, number, signer.kind, &signer.subject)
            .await?
        {
            return Ok(false);
        }
        Accounts::rename(changes, number, &signer.name).await?;
        // Whichever road led here, the card was verified natively.
        accounts.note_native(changes, number).await?;
        self.outbox
            .put(changes, Letter::CardBound, number, &mail)
            .await?;
        self.note(Action::CardBound, actor, number, signer)
            .client(client)
            .write(changes)
            .await?;
        Ok(true)
    }

    /// Forgets old requests.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn sweep(&self) -> Result<(), Error> {
        let kept = i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX);
        sqlx::query("DELETE FROM card_requests WHERE created_at < $1")
            .bind(self.clock.now_ms() - kept)
            .execute(self.database.write())
            .await?;
        Ok(())
    }

    fn note(
        &self,
        action: Action,
        actor: &str,
        account: &str,
        signer: &Signer,
    ) -> crate::audit::Note<'_> {
        self.audit
            .note(action, actor)
            .account(account)
            .signer(Some(signer))
            .detail(signer.label())
    }

    fn oldest(&self) -> i64 {
        let lifetime = i64::try_from(LIFETIME.as_millis()).unwrap_or(i64::MAX);
        self.clock.now_ms().saturating_sub(lifetime)
    }
}

fn read(signer: &str) -> Result<Signer, Error> {
    serde_json::from_str(signer).map_err(|_| Error::Row { column: "signer" })
}
