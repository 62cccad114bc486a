//! The letters there are.

/// Which letter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Letter {
    /// With the link that activates the account.
    Activation,
    /// To somebody who asked for that link, about an account that is active.
    Active,
    /// With the link to choose another password.
    Password,
    /// That the password was changed.
    PasswordChanged,
    /// With the link that confirms another address.
    Mail,
    /// To the address of now, that somebody wants mail to go to another.
    MailAsked,
    /// To the address of before, that mail goes to another now.
    MailChanged,
    /// With the code that binds a card.
    Code,
    /// That a card was bound.
    CardBound,
    /// That a card is bound no more.
    CardUnbound,
}

impl Letter {
    const ALL: [Self; 10] = [
        Self::Activation,
        Self::Active,
        Self::Password,
        Self::PasswordChanged,
        Self::Mail,
        Self::MailAsked,
        Self::MailChanged,
        Self::Code,
        Self::CardBound,
        Self::CardUnbound,
    ];

    /// The word in the database.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Activation => "activation",
            Self::Active => "active",
            Self::Password => "new_password",
            Self::PasswordChanged => "password_changed",
            Self::Mail => "mail",
            Self::MailAsked => "mail_asked",
            Self::MailChanged => "mail_changed",
            Self::Code => "code",
            Self::CardBound => "card_bound",
            Self::CardUnbound => "card_unbound",
        }
    }

    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|letter| letter.as_str() == word)
    }
}
