//! Applications for accounts, and what goes on until an account is active.

use crate::{
    Account, Accounts, Error, Kind, State,
    accounts::{Made, Making, Profile},
    audit::Action,
    limits::Act,
    links::{Links, Purpose},
    outbox::Letter,
    portal::Site,
    sessions::{Form, Role},
    sign_in,
    signer::Signer,
    visitor::Visitor,
};

/// An application, checked.
#[derive(Debug)]
pub(crate) struct Application<'a> {
    pub(crate) kind: Kind,
    pub(crate) profile: Profile,
    /// The 統一編號 that was typed in or that the card says; empty for other kinds.
    pub(crate) ban: String,
    /// Which form it was sent with: sent twice, it makes one account.
    pub(crate) form: &'a str,
}

/// Stores an application with its mail. With a card of its kind it reserves what the card says;
/// without one it proves nothing, and others may apply for the same.
///
/// False when the card has an account already.
///
/// # Errors
/// [`Error::TooOften`], [`Error::Random`], [`Error::Database`].
pub(crate) async fn apply(
    site: &Site,
    visitor: &Visitor,
    application: Application<'_>,
) -> Result<bool, Error> {
    let client = visitor.client.counted();
    site.limits.count(Act::Apply, &client).await?;
    let signer = visitor
        .applicant()
        .filter(|signer| signer.kind == application.kind);
    let making = Making {
        kind: application.kind,
        state: State::Pending,
        subject: signer.map(|signer| signer.subject.as_str()),
        claimed: &application.ban,
        profile: &application.profile,
        language: visitor.language.code(),
        form: Some(application.form),
    };
    let mut changes = site.database.begin().await?;
    let number = match site.accounts.make(&mut changes, making).await? {
        Made::New(number) => number,
        Made::Before => return Ok(true),
        Made::Bound => return Ok(false),
    };
    // Only a native login makes an applicant.
    if signer.is_some() {
        site.accounts.note_native(&mut changes, &number).await?;
    }
    let mail = &application.profile.mail;
    site.outbox
        .put(&mut changes, Letter::Activation, &number, mail)
        .await?;
    site.audit
        .note(Action::Applied, "anybody")
        .account(&number)
        .signer(signer)
        .client(visitor.client.as_str())
        .detail(signer.map(Signer::label).unwrap_or_default())
        .write(&mut changes)
        .await?;
    changes.commit().await?;
    site.wake_post();
    Ok(true)
}

/// Makes the account that waits for this link active. For an account without a card `password` is
/// its hash. None where the link is good no more.
///
/// # Errors
/// [`Error::Random`], [`Error::Database`].
pub(crate) async fn activate(
    site: &Site,
    visitor: &Visitor,
    token: &str,
    password: Option<&str>,
) -> Result<Option<String>, Error> {
    let mut changes = site.database.begin().await?;
    let link = site
        .links
        .take(&mut changes, Purpose::Activation, token)
        .await?;
    let Some(link) = link else {
        return Ok(None);
    };
    if !site.accounts.activate(&mut changes, &link.account).await? {
        return Ok(None);
    }
    if let Some(hash) = password {
        Accounts::change_password(&mut changes, &link.account, hash).await?;
    }
    site.audit
        .note(Action::Activated, "anybody")
        .account(&link.account)
        .client(visitor.client.as_str())
        .write(&mut changes)
        .await?;
    changes.commit().await?;
    Ok(Some(link.account))
}

/// Mails what whoever reads this mailbox may know of its accounts: the link that activates one, or
/// that it is active; or, where `letter` is another, that for those that are active. It says
/// nothing of what it finds, and looks only when the answer is on its way: the time it takes does
/// not tell either.
///
/// # Errors
/// [`Error::TooOften`] by the address that asks, [`Error::Database`].
pub(crate) async fn mail_to_owner(
    site: &Site,
    visitor: &Visitor,
    mail: &str,
    letter: Letter,
) -> Result<(), Error> {
    let client = visitor.client.counted();
    site.limits.count(Act::AskMail, &client).await?;
    let (site, mail) = (site.clone(), mail.to_owned());
    tokio::spawn(async move {
        if let Err(error) = mail_now(&site, &mail, letter).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a letter is missing"
            );
        }
    });
    Ok(())
}

async fn mail_now(site: &Site, mail: &str, letter: Letter) -> Result<(), Error> {
    let to = match letter {
        Letter::Activation => &[
            (Letter::Activation, State::Pending, &Kind::ALL[..]),
            (Letter::Active, State::Active, &Kind::ALL),
        ][..],
        _ => &[(letter, State::Active, &[Kind::Cardless][..])],
    };
    for (letter, state, kinds) in to {
        for account in site.accounts.of_mail(mail, *letter, *state, kinds).await? {
            post(site, &account, *letter).await?;
        }
    }
    Ok(())
}

/// Sends a letter that anybody may ask for to an account, unless it got too many of the kind of
/// late.
///
/// # Errors
/// [`Error::Random`], [`Error::Database`].
async fn post(site: &Site, account: &Account, letter: Letter) -> Result<(), Error> {
    match count_letter(site, letter, &account.number).await {
        Err(Error::TooOften { .. }) => return Ok(()),
        counted => counted?,
    }
    let mut changes = site.database.begin().await?;
    let mail = &account.profile.mail;
    site.outbox
        .put(&mut changes, letter, &account.number, mail)
        .await?;
    changes.commit().await?;
    site.wake_post();
    Ok(())
}

/// Counts a letter of a kind to an account. Kinds are counted by themselves, so that what strangers
/// ask for uses up none of the others.
///
/// # Errors
/// [`Error::TooOften`], [`Error::Database`].
pub(crate) async fn count_letter(site: &Site, letter: Letter, number: &str) -> Result<(), Error> {
    site.limits.count(Act::SendMail(letter), number).await
}

/// Mails the activation link of an account that waits for it again, because an operator says so:
/// whatever strangers have asked for. It is written down together with the letter.
///
/// # Errors
/// [`Error::Random`], [`Error::Database`].
pub(crate) async fn resend(site: &Site, account: &Account, actor: &str) -> Result<(), Error> {
    let mut changes = site.database.begin().await?;
    let mail = &account.profile.mail;
    site.outbox
        .put(&mut changes, Letter::Activation, &account.number, mail)
        .await?;
    site.audit
        .note(Action::MailSentAgain, actor)
        .account(&account.number)
        .write(&mut changes)
        .await?;
    changes.commit().await?;
    site.wake_post();
    Ok(())
}

/// Mails the activation link of a proven account again, to a corrected address if need be. The
/// links of before are worth nothing then: they may be in a stranger's mailbox.
///
/// # Errors
/// [`Error::TooOften`], [`Error::Random`], [`Error::Database`].
pub(crate) async fn correct_mail(site: &Site, account: &Account, mail: &str) -> Result<(), Error> {
    site.limits.count(Act::OwnMail, &account.number).await?;
    let mut changes = site.database.begin().await?;
    if account.profile.mail != mail {
        Links::revoke(&mut changes, Purpose::Activation, &account.number).await?;
        Accounts::change_mail(&mut changes, &account.number, mail).await?;
    }
    site.outbox
        .put(&mut changes, Letter::Activation, &account.number, mail)
        .await?;
    changes.commit().await?;
    site.wake_post();
    Ok(())
}

/// What came of a word of the person that an application is theirs.
pub(crate) enum Bound {
    /// It is, and they are signed in.
    SignedIn(crate::browser::Browser),
    /// It is; its mail has to be followed first.
    Pending,
    /// It is not there any more, or another's.
    Gone,
}

/// Gives an application that was made without the card to the company whose card was verified.
///
/// # Errors
/// [`Error::Random`], [`Error::Database`].
pub(crate) async fn bind(
    site: &Site,
    visitor: &Visitor,
    signer: &Signer,
    number: &str,
) -> Result<Bound, Error> {
    let unproven = Accounts::unproven(site.database.read(), &signer.subject).await?;
    let Some(account) = unproven
        .into_iter()
        .find(|account| account.number == number)
    else {
        return Ok(Bound::Gone);
    };
    let mut changes = site.database.begin().await?;
    let client = visitor.client.as_str();
    let bound = site
        .card_requests
        .bind(&mut changes, number, signer, "anybody", client)
        .await?;
    if !bound {
        return Ok(Bound::Gone);
    }
    let outcome = if account.state == State::Active {
        let role = Role::Holder {
            account: account.number,
            signer: Some(signer.clone()),
            form: Form::Native,
        };
        let browser = sign_in::enter(site, visitor, &mut changes, role).await?;
        Bound::SignedIn(browser)
    } else {
        Bound::Pending
    };
    changes.commit().await?;
    site.wake_post();
    Ok(outcome)
}
