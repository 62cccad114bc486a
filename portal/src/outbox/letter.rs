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
    /// To the address of before, that mail goes to another now.
    MailChanged,
    /// With the code that binds a card.
    Code,
    /// That a card was bound.
    CardBound,
}

impl Letter {
    const ALL: [Self; 8] = [
        Self::Activation,
        Self::Active,
        Self::Password,
        Self::PasswordChanged,
        Self::Mail,
        Self::MailChanged,
        Self::Code,
        Self::CardBound,
    ];

    /// The word in the database.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Activation => "activation",
            Self::Active => "active",
            Self::Password => "new_password",
            Self::PasswordChanged => "password_changed",
            Self::Mail => "mail",
            Self::MailChanged => "mail_changed",
            Self::Code => "code",
            Self::CardBound => "card_bound",
        }
    }

    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|letter| letter.as_str() == word)
    }
}
