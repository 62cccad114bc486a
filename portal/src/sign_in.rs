//! What comes of a card that was verified, or of a password that was right.

use axum::Json;
use chop_verifier::Certificate;

use crate::{
    Accounts, Error, Kind, State,
    audit::{Action, Audit},
    browser::Browser,
    database::Changes,
    hicos,
    login::Next,
    portal::Site,
    problem::{Code, Problem},
    sessions::{Form, Role},
    signer::Signer,
    visitor::Visitor,
};

/// Signs in, or leads to what is missing: an account, its activation, a word of the person.
///
/// The browser gets a new secret each time: nothing that was known before is worth anything after.
/// Whoever closes the account, takes the card from it or signs in natively at the same moment comes
/// before or after this, never between what is looked up and what follows from it.
///
/// # Errors
/// A [`Problem`] for an account that is closed, and for what fails.
pub(crate) async fn with_card(
    site: &Site,
    visitor: &Visitor,
    certificate: &Certificate,
    signer: Signer,
    form: Form,
) -> Result<(Browser, Json<Next>), Problem> {
    let mut changes = site.database.begin().await?;
    let account = Accounts::hold_of_subject(&mut changes, signer.kind, &signer.subject).await?;
    if form == Form::Hicos {
        hicos::will_do(site.hicos_sign_in, &mut changes, account.as_ref()).await?;
    }
    let mut is_renamed = false;
    let (role, next) = match account {
        Some(account) => match account.state {
            State::Disabled => {
                site.audit
                    .note(Action::CardRefused, "anybody")
                    .account(&account.number)
                    .signer(Some(&signer))
                    .client(visitor.client.as_str())
                    .write(&mut changes)
                    .await?;
                changes.commit().await.map_err(Error::from)?;
                return Err(Code::AccountDisabled.into());
            }
            State::Pending => (Role::Applicant(signer), "/pending"),
            State::Active => {
                is_renamed = account.profile.name != signer.name;
                let role = Role::Holder {
                    account: account.number,
                    signer: Some(signer),
                    form,
                };
                (role, "/account")
            }
        },
        // An application made without the card is nobody's before its holder says so.
        None if has_unproven(&mut changes, &signer).await? => (Role::Applicant(signer), "/bind"),
        None => {
            let next = match signer.kind {
                Kind::Company => "/apply/company",
                _ => "/apply/citizen",
            };
            (Role::Applicant(signer), next)
        }
    };
    if let Role::Holder {
        account,
        signer: Some(signer),
        ..
    } = &role
    {
        Audit::keep(&mut changes, certificate).await?;
        if is_renamed {
            Accounts::rename(&mut changes, account, &signer.name).await?;
        }
    }
    let browser = enter(site, visitor, &mut changes, role).await?;
    changes.commit().await.map_err(Error::from)?;
    site.metrics.signed_in(next.trim_start_matches('/'));
    let next = next.to_owned();
    Ok((browser, Json(Next { next })))
}

async fn has_unproven(changes: &mut Changes, signer: &Signer) -> Result<bool, Error> {
    let is_company = signer.kind == Kind::Company;
    Ok(is_company
        && !Accounts::unproven(&mut **changes, &signer.subject)
            .await?
            .is_empty())
}

/// Begins a session, and writes down that somebody signed in, if it is that.
///
/// # Errors
/// [`Error::Random`], [`Error::Database`].
pub(crate) async fn enter(
    site: &Site,
    visitor: &Visitor,
    changes: &mut Changes,
    role: Role,
) -> Result<Browser, Error> {
    let who = match &role {
        Role::Holder {
            account,
            signer,
            form,
        } => Some((
            "holder".to_owned(),
            account.as_str(),
            signer.as_ref(),
            *form,
        )),
        Role::Applicant(_) => None,
        Role::Operator(signer) => {
            let actor = format!("operator {}", signer.label());
            Some((actor, "", Some(signer), Form::Native))
        }
    };
    if let Some((actor, account, signer, form)) = who {
        let detail = match (form, signer) {
            (Form::Native, Some(signer)) => &signer.card,
            (form, _) => form.as_str(),
        };
        site.audit
            .note(Action::SignedIn, &actor)
            .account(account)
            .signer(signer)
            .client(visitor.client.as_str())
            .detail(detail)
            .write(changes)
            .await?;
        if form == Form::Native && !account.is_empty() {
            site.accounts.note_native(changes, account).await?;
        }
    }
    let browser_name = visitor.user_agent.words();
    let origin = visitor.origin(&browser_name);
    site.sessions
        .begin(changes, &visitor.browser, &role, origin)
        .await
}

/// Signs the holder of an account in whose password was held against this hash. `None` where the
/// account is not open, or has another password by now.
///
/// # Errors
/// [`Error::Random`], [`Error::Database`].
pub(crate) async fn without_card(
    site: &Site,
    visitor: &Visitor,
    number: &str,
    hash: &str,
) -> Result<Option<Browser>, Error> {
    let mut changes = site.database.begin().await?;
    let held = Accounts::hold(&mut changes, number).await?;
    let is_open = held.is_some_and(|(state, _)| state == State::Active);
    if !is_open || Accounts::password(&mut *changes, number).await?.as_deref() != Some(hash) {
        return Ok(None);
    }
    let role = Role::Holder {
        account: number.to_owned(),
        signer: None,
        form: Form::Password,
    };
    let browser = enter(site, visitor, &mut changes, role).await?;
    changes.commit().await?;
    Ok(Some(browser))
}
