//! What the operator decides about new cards.

use super::{CardRequests, read};
use crate::{Error, audit::Action, signer::Signer};

/// A request that the operator decides.
#[derive(Clone, Debug)]
pub(crate) struct CardRequest {
    pub(crate) id: String,
    pub(crate) account: String,
    pub(crate) signer: Signer,
    pub(crate) created_at: i64,
}

impl CardRequests {
    /// The requests that the operator decides, the oldest first.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub(crate) async fn waiting(&self) -> Result<Vec<CardRequest>, Error> {
        let rows: Vec<(String, String, String, i64)> = sqlx::query_as(
            "SELECT id, account, signer, created_at FROM card_requests WHERE state = 'operator' \
             ORDER BY id LIMIT 100",
        )
        .fetch_all(self.database.read())
        .await?;
        rows.into_iter()
            .map(|(id, account, signer, created_at)| {
                Ok(CardRequest {
                    id,
                    account,
                    signer: read(&signer)?,
                    created_at,
                })
            })
            .collect()
    }

    /// Does what the operator decided. False when there is no such request any more.
    ///
    /// # Errors
    /// [`Error::Random`], [`Error::Database`], [`Error::Row`].
    pub(crate) async fn decide(&self, id: &str, yes: bool, operator: &str) -> Result<bool, Error> {
        let mut changes = self.database.begin().await?;
        let decided: Option<(String, String)> = sqlx::query_as(
            "UPDATE card_requests SET state = $2 WHERE id = $1 AND state = 'operator' \
             RETURNING account, signer",
        )
        .bind(id)
        .bind(if yes { "bound" } else { "refused" })
        .fetch_optional(&mut *changes)
        .await?;
        let Some((number, signer)) = decided else {
            return Ok(false);
        };
        let signer = read(&signer)?;
        let bound = yes
            && self
                .bind(&mut changes, &number, &signer, operator, "")
                .await?;
        if !bound {
            // Another's by now, or the account was closed: what stands there is what came of it.
            sqlx::query("UPDATE card_requests SET state = 'refused' WHERE id = $1")
                .bind(id)
                .execute(&mut *changes)
                .await?;
            self.note(Action::CardNotBound, operator, &number, &signer)
                .write(&mut changes)
                .await?;
        }
        changes.commit().await?;
        Ok(true)
    }
}
