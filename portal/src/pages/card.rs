//! 更換卡片: a citizen who is signed in binds a new card.

use askama::Template;
use axum::{
    Json,
    extract::{State, rejection::StringRejection},
    response::Response,
};

use super::{Frame, PageError, answer, in_taipei};
use crate::{
    Error, Kind,
    audit::Audit,
    login::{Next, Token, proven},
    portal::Site,
    problem::{Code, Problem},
    sessions::Form,
    visitor::Holder,
    words::{WORDS, Words},
};

#[derive(Template)]
#[template(path = "card.html")]
struct CardPage {
    frame: Frame,
    cards: Vec<Bound>,
    words: &'static [&'static [Words]],
}

/// A card that can sign in already.
struct Bound {
    number: String,
    since: String,
    is_this: bool,
}

/// `GET /account/card`
pub(crate) async fn form(State(site): State<Site>, holder: Holder) -> Result<Response, PageError> {
    if holder.signed_in.account.kind != Kind::Citizen {
        return Err(PageError::NotFound);
    }
    let this = holder.signed_in.signer.as_ref();
    let cards = site
        .accounts
        .cards(&holder.signed_in.account.number)
        .await?;
    let cards = cards.into_iter().map(|bound| Bound {
        is_this: this.is_some_and(|signer| bound.card.is(signer)),
        number: bound.card.subject().to_owned(),
        since: in_taipei(bound.bound_at),
    });
    let page = CardPage {
        cards: cards.collect(),
        frame: Frame::around(&holder.visitor),
        words: &WORDS,
    };
    answer(holder.visitor, &page)
}

/// `POST /account/card`: the new card's assertion. Session and card together prove enough.
pub(crate) async fn bind(
    State(site): State<Site>,
    Holder { visitor, signed_in }: Holder,
    Token(token): Token,
    unverified_assertion: Result<String, StringRejection>,
) -> Result<Json<Next>, Problem> {
    let (certificate, signer) = proven(&site, &visitor, &token, unverified_assertion).await?;
    if signed_in.account.kind != Kind::Citizen || signer.kind != Kind::Citizen {
        return Err(Code::CardKindWrong.into());
    }
    let number = &signed_in.account.number;
    // A session of the HiCOS form may be another site's: it lends the account to no card, whatever
    // its holder has done since.
    if signed_in.form != Form::Native {
        return Err(Code::NativeLoginNeeded.into());
    }
    let owner = site
        .accounts
        .of_subject(signer.kind, &signer.subject)
        .await?;
    if owner.is_some_and(|owner| owner.number != *number) {
        return Err(Code::CardTaken.into());
    }
    let mut changes = site.database.begin().await?;
    Audit::keep(&mut changes, &certificate).await?;
    let client = visitor.client.as_str();
    // Bound already it stays as it is.
    site.card_requests
        .bind(&mut changes, number, &signer, "holder", client)
        .await?;
    changes.commit().await.map_err(Error::from)?;
    site.wake_post();
    Ok(Json(Next {
        next: "/account?changed".to_owned(),
    }))
}
