//! Cards that are an account's no more: lost, replaced, or bound to the wrong one.

use super::CardRequests;
use crate::{
    Accounts, Error,
    audit::Action,
    links::{Links, Purpose},
    outbox::Letter,
    sessions::Sessions,
    settings::CardName,
};

impl CardRequests {
    /// Takes a card from an account, ends what may have been opened with it, and tells the holder.
    /// The last one stays: an account without a card would be anybody's application. Close it instead.
    ///
    /// # Errors
    /// [`Error::NoAccount`], [`Error::NoCard`] where the account has no such card,
    /// [`Error::LastCard`], [`Error::Random`], [`Error::Database`].
    pub(crate) async fn unbind(
        &self,
        number: &str,
        card: &CardName,
        actor: &str,
    ) -> Result<(), Error> {
        let mut changes = self.database.begin().await?;
        let held = Accounts::hold(&mut changes, number).await?;
        let (_, mail) = held.ok_or(Error::NoAccount)?;
        let subjects: Vec<(String, String)> =
            sqlx::query_as("SELECT kind, subject FROM subjects WHERE account = $1")
                .bind(number)
                .fetch_all(&mut *changes)
                .await?;
        let is_this = |(kind, subject): &(String, String)| {
            card.kind().as_str() == kind && card.subject() == subject
        };
        if !subjects.iter().any(is_this) {
            return Err(Error::NoCard);
        }
        if subjects.len() == 1 {
            return Err(Error::LastCard);
        }
        sqlx::query("DELETE FROM subjects WHERE account = $1 AND kind = $2 AND subject = $3")
            .bind(number)
            .bind(card.kind().as_str())
            .bind(card.subject())
            .execute(&mut *changes)
            .await?;
        Sessions::end_all(&mut changes, number, None).await?;
        Links::end(&mut changes, number, &[Purpose::Password, Purpose::Mail]).await?;
        self.outbox
            .put(&mut changes, Letter::CardUnbound, number, &mail)
            .await?;
        self.audit
            .note(Action::CardUnbound, actor)
            .account(number)
            .detail(card.to_string())
            .write(&mut changes)
            .await?;
        Ok(changes.commit().await?)
    }
}
