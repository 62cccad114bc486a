//! Sends letters through a mail server.

mod letter;

use std::time::Duration;

use chop_protocol::Origin;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{
        Mailbox, MultiPart,
        header::{ContentTransferEncoding, Header, HeaderName, HeaderValue},
    },
    transport::smtp::authentication::Credentials,
};

use crate::{
    Account, Accounts, Error, State,
    binding::CardRequests,
    links::{Links, Purpose},
    outbox::{Claimed, Letter, Outbox, Outcome},
    settings,
};

/// For one conversation with the mail server.
const PATIENCE: Duration = Duration::from_secs(30);

/// Letters that a mail server does not take now, one after the other, before it is left in peace.
const IN_A_ROW: u32 = 10;

/// The post office: takes letters from the outbox, writes them, hands them to the mail server.
#[derive(Clone)]
pub(crate) struct Post {
    pub(crate) outbox: Outbox,
    pub(crate) links: Links,
    pub(crate) accounts: Accounts,
    pub(crate) card_requests: CardRequests,
    pub(crate) origin: Origin,
    /// None where no mail server is set: letters wait.
    pub(crate) server: Option<Server>,
}

/// A mail server, and whom letters come from.
#[derive(Clone)]
pub(crate) struct Server {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Server {
    /// As the settings say. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::MailServer`], [`Error::MailAddress`], [`Error::Read`].
    pub(crate) fn new(settings: &settings::Mail) -> Result<Self, Error> {
        let from = settings.from.parse().map_err(|source| Error::MailAddress {
            text: settings.from.clone(),
            source,
        })?;
        let wrong = |source| Error::MailServer {
            server: settings.server.clone(),
            source,
        };
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(&settings.server).map_err(wrong)?;
        builder = builder.timeout(Some(PATIENCE));
        if let Some(user) = &settings.user {
            let password = match &settings.password_file {
                Some(path) => settings::first_line(path)?,
                None => String::new(),
            };
            builder = builder.credentials(Credentials::new(user.clone(), password));
        }
        Ok(Self {
            transport: builder.build(),
            from,
        })
    }
}

impl Post {
    /// Sends what is due, one letter after the other, and says how many were sent. It stops where the
    /// mail server cannot be reached or has no time, and after some letters in a row that it does not
    /// take now; one of them alone may be the fault of its recipient's mailbox.
    ///
    /// # Errors
    /// [`Error::Database`] and what else keeps a letter from being written.
    pub(crate) async fn deliver(&self) -> Result<usize, Error> {
        let Some(server) = &self.server else {
            return Ok(0);
        };
        let (mut sent, mut in_a_row) = (0, 0);
        while let Some(claimed) = self.outbox.claim().await? {
            let outcome = self.send(server, &claimed).await?;
            self.outbox.settle(&claimed, &outcome).await?;
            match outcome {
                Outcome::Sent => (sent, in_a_row) = (sent + 1, 0),
                Outcome::Dropped => {}
                Outcome::Refused(fault) => {
                    tracing::warn!(id = claimed.id, fault, "the mail server refused a letter");
                }
                Outcome::MailboxNotNow(fault) => {
                    tracing::warn!(id = claimed.id, fault, "a letter waits for its mailbox");
                    in_a_row += 1;
                    if in_a_row == IN_A_ROW {
                        break;
                    }
                }
                Outcome::NotNow(fault) => {
                    tracing::warn!(id = claimed.id, fault, "a letter waits for the mail server");
                    break;
                }
            }
        }
        Ok(sent)
    }

    async fn send(&self, server: &Server, claimed: &Claimed) -> Result<Outcome, Error> {
        let Some(account) = self.accounts.of_number(&claimed.account).await? else {
            return Ok(Outcome::Dropped);
        };
        let Some(inside) = self.inside(claimed, &account).await? else {
            return Ok(Outcome::Dropped);
        };
        let message = match self.message(server, claimed, &account, &inside) {
            Ok(message) => message,
            // Forms do not take such an address; one that got here some other way stays here.
            Err(error @ Error::MailAddress { .. }) => {
                return Ok(Outcome::Refused(error.to_string()));
            }
            Err(error) => return Err(error),
        };
        Ok(match server.transport.send(message).await {
            Ok(_) => Outcome::Sent,
            Err(error) if error.is_permanent() => Outcome::Refused(said(&error)),
            Err(error) if is_of_mailbox(&error) => Outcome::MailboxNotNow(said(&error)),
            Err(error) => Outcome::NotNow(said(&error)),
        })
    }

    /// What only the reader of the letter shall know. None when the letter has lost its purpose.
    async fn inside(&self, claimed: &Claimed, account: &Account) -> Result<Option<Inside>, Error> {
        let link = async |purpose, path: &str| -> Result<Option<Inside>, Error> {
            let token = self
                .links
                .make(purpose, &claimed.id, &account.number, &claimed.mail)
                .await?;
            Ok(token.map(|token| Inside::Link(format!("{}/{path}/{token}", self.origin))))
        };
        match (claimed.letter, account.state) {
            (Letter::Activation, State::Pending) if account.profile.mail == claimed.mail => {
                link(Purpose::Activation, "activate").await
            }
            (Letter::Password, State::Active) if account.profile.mail == claimed.mail => {
                link(Purpose::Password, "password").await
            }
            (Letter::Mail, State::Active) => link(Purpose::Mail, "mail").await,
            (Letter::Code, State::Active) => {
                let code = self.card_requests.new_code(&account.number).await?;
                Ok(code.map(|(code, name)| Inside::Code { code, name }))
            }
            (Letter::Activation | Letter::Password | Letter::Mail | Letter::Code, _) => Ok(None),
            (
                Letter::Active
                | Letter::PasswordChanged
                | Letter::MailAsked
                | Letter::MailChanged
                | Letter::CardBound
                | Letter::CardUnbound,
                _,
            ) => Ok(Some(Inside::Nothing)),
        }
    }

    fn message(
        &self,
        server: &Server,
        claimed: &Claimed,
        account: &Account,
        inside: &Inside,
    ) -> Result<Message, Error> {
        let to = claimed.mail.parse().map_err(|source| Error::MailAddress {
            text: claimed.mail.clone(),
            source,
        })?;
        let written = letter::write(claimed.letter, account, inside, &self.origin)?;
        let parts = MultiPart::alternative_plain_html(written.text, written.html);
        Ok(Message::builder()
            .from(server.from.clone())
            .to(Mailbox::new(None, to))
            .subject(written.subject)
            // The same for each attempt: mail programs show a letter that was sent twice once.
            .message_id(Some(format!("<{}@{}>", claimed.id, self.origin.host())))
            .header(AutoSubmitted)
            .header(ContentTransferEncoding::SevenBit)
            .multipart(parts)?)
    }
}

/// What a letter carries for its reader alone.
enum Inside {
    Nothing,
    Link(String),
    /// A code to type in, and the name on the card that it is for.
    Code {
        code: String,
        name: String,
    },
}

/// Whether a mail server that works says that it does not take this letter now. 421 is its farewell,
/// and 454 a TLS or a login that fails for every letter.
///
/// Spec: RFC 5321 §4.2.3, RFC 3207 §4, RFC 4954 §6.
fn is_of_mailbox(error: &lettre::transport::smtp::Error) -> bool {
    let code = error.status().map(u16::from);
    error.is_transient() && !matches!(code, Some(421 | 454))
}

/// What the mail server said, without what we sent.
fn said(error: &lettre::transport::smtp::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text.chars().take(300).collect()
}

/// Out-of-office programs do not answer these.
///
/// Spec: RFC 3834 §5.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
