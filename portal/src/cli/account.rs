//! `portal account`.

use anyhow::{Context as _, anyhow};
use clap::Subcommand;
use portal::{Account as Found, CardName, Kind, NewAccount, Portal, Settings, State};

use super::ACTOR;

/// What is done with accounts.
#[derive(Subcommand)]
pub(crate) enum Account {
    /// Make an account and print its number.
    Add {
        /// company, citizen or cardless
        #[arg(long, value_parser = kind)]
        kind: Kind,
        /// What its card proves: a company's 統一編號, or the 16 digits of a citizen's certificate.
        #[arg(long, alias = "ban", default_value = "")]
        subject: String,
        /// The company's or person's name.
        #[arg(long)]
        name: String,
        /// Where mail to it goes.
        #[arg(long)]
        mail: String,
        /// pending, active or disabled
        #[arg(long, default_value = "active", value_parser = state)]
        state: State,
    },
    /// List those whose number, 統一編號, name or address begins with a text; all without one.
    List {
        /// The text.
        #[arg(default_value = "")]
        text: String,
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Show one.
    Show {
        /// Its number, such as IC0123456789.
        number: String,
    },
    /// Send the activation mail of one that waits for it again.
    Resend {
        /// Its number.
        number: String,
    },
    /// Take a card from one, and end its sessions; the last card stays.
    Unbind {
        /// Its number.
        number: String,
        /// The card, as `show` lists it: citizen:9999000012345678
        card: CardName,
    },
    /// Close one, and end its sessions.
    Disable {
        /// Its number.
        number: String,
    },
    /// Open one again that was closed.
    Enable {
        /// Its number.
        number: String,
    },
}

/// Does it.
pub(crate) async fn run(settings: Settings, command: Account) -> anyhow::Result<()> {
    let portal = Portal::open(settings).await?;
    let accounts = portal.accounts();
    match command {
        Account::Add {
            kind,
            subject,
            name,
            mail,
            state,
        } => {
            let new = NewAccount {
                kind,
                state,
                subject,
                name,
                mail,
            };
            let account = accounts.seed(new).await?;
            println!("{}", account.number);
            if kind == Kind::Cardless && state == State::Active {
                eprintln!("It has no password yet: its holder asks for one at /password.");
            }
        }
        Account::List { text, limit } => {
            for account in accounts.search(&text, i64::MAX, limit).await? {
                println!("{}", line(&account));
            }
        }
        Account::Show { number } => {
            let account = accounts.of_number(&number).await?;
            let account = account.with_context(|| format!("there is no {number}"))?;
            println!("{}", line(&account));
            let profile = &account.profile;
            for (name, value) in [
                ("claimed", &account.claimed),
                ("representative", &profile.representative),
                ("address", &profile.address),
                ("contact", &profile.contact),
                ("phone", &profile.phone),
                ("mail", &profile.mail),
            ] {
                println!("{name:14} {value}");
            }
            for bound in accounts.cards(&number).await? {
                println!("{:14} {}", "card", bound.card);
            }
        }
        Account::Resend { number } => portal.resend(&number, ACTOR).await?,
        Account::Unbind { number, card } => portal.unbind(&number, &card, ACTOR).await?,
        Account::Disable { number } => accounts.disable(&number, true, ACTOR).await?,
        Account::Enable { number } => accounts.disable(&number, false, ACTOR).await?,
    }
    Ok(())
}

fn line(account: &Found) -> String {
    format!(
        "{}  {:8}  {:8}  {:16}  {}",
        account.number,
        account.kind.as_str(),
        account.state.as_str(),
        account.subject.as_deref().unwrap_or("-"),
        account.profile.name
    )
}

fn kind(word: &str) -> anyhow::Result<Kind> {
    word.parse()
        .map_err(|()| anyhow!("the kinds are: company, citizen, cardless"))
}

fn state(word: &str) -> anyhow::Result<State> {
    word.parse()
        .map_err(|()| anyhow!("the states are: pending, active, disabled"))
}
