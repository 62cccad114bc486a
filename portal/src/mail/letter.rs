//! What each letter says, as text and as HTML, in the account's language.

use askama::Template;
use chop_protocol::Origin;

use super::Inside;
use crate::{Account, Error, Kind, language::Language, outbox::Letter};

/// A letter, written.
pub(super) struct Written {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

/// What both forms of it are made from.
struct Content<'a> {
    language: Language,
    subject: &'static str,
    account: &'a Account,
    /// Whose account number it is, in words.
    number: &'static str,
    paragraphs: Vec<&'static str>,
    /// The button's word.
    word: &'static str,
    /// The same, and where it leads.
    link: Option<(&'static str, &'a str)>,
    /// To be typed in, and the name on the card that it is for.
    code: Option<(&'a str, &'a str)>,
    closing: &'static str,
    origin: &'a Origin,
}

#[derive(Template)]
#[template(path = "mail/letter.txt")]
struct TextLetter<'a>(&'a Content<'a>);

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct HtmlLetter<'a>(&'a Content<'a>);

impl Content<'_> {
    fn say<'a>(&self, chinese: &'a str, english: &'a str) -> &'a str {
        self.language.say(chinese, english)
    }
}

/// Writes it.
///
/// # Errors
/// [`Error::Template`].
pub(super) fn write(
    letter: Letter,
    account: &Account,
    inside: &Inside,
    origin: &Origin,
) -> Result<Written, Error> {
    let language = Language::from_code(&account.language).unwrap_or_default();
    let mut content = Content {
        language,
        subject: "",
        account,
        number: match account.kind {
            Kind::Company => language.say("您的工商憑證帳號", "Your company account"),
            Kind::Citizen => language.say("您的自然人憑證帳號", "Your citizen account"),
            Kind::Cardless => language.say("您的非憑證帳號", "Your account"),
        },
        paragraphs: Vec::new(),
        word: "",
        link: None,
        code: None,
        closing: language.say(
            "如果不是您申請的，請不必理會這封信：沒有人能用您的電子郵件做任何事。",
            "If you did not ask for this, you need not do anything: nobody can use your address.",
        ),
        origin,
    };
    content.fill(letter);
    match inside {
        Inside::Nothing => {}
        Inside::Link(address) => content.link = Some((content.word, address)),
        Inside::Code { code, name } => content.code = Some((code, name)),
    }
    Ok(Written {
        subject: format!(
            "{}{}",
            language.say("【網路線上申辦】", "[Online Application] "),
            content.subject
        ),
        text: TextLetter(&content).render()?,
        html: HtmlLetter(&content).render()?,
    })
}

impl Content<'_> {
    fn fill(&mut self, letter: Letter) {
        let language = self.language;
        let say = |chinese, english| language.say(chinese, english);
        match letter {
            Letter::Activation => {
                self.subject = say("啟用您的電子身分證", "Activate your account");
                self.paragraphs = vec![
                    say(
                        "我們收到您的帳號申請。請按下面的「啟用電子身分證」，在開啟的網頁上再按一次確認，帳號就可以登入。連結在 72 小時內有效，只能使用一次。",
                        "We have your application for an account. Follow the link below and press the button on the page that opens: then the account can sign in. The link is good once, within 72 hours.",
                    ),
                    say(
                        "上面的帳號是您登入本系統，以及授權其他單位辨識您的識別號碼，請妥善保存。",
                        "The number above is used to sign in, and lets other sites recognize the account. Please keep it.",
                    ),
                ];
                self.word = say("啟用電子身分證", "Activate the account");
            }
            Letter::Active => {
                self.subject = say("您的帳號已經啟用", "Your account is active");
                self.paragraphs = vec![say(
                    "您要求重寄啟用信，但這個帳號已經啟用，可以直接登入。",
                    "You asked for another activation mail, but this account is active: you can sign in.",
                )];
            }
            Letter::Password => {
                self.subject = say("重新設定密碼", "Choose a new password");
                self.paragraphs = vec![say(
                    "請按下面的連結設定新的密碼。連結在一小時內有效，只能使用一次。在您設定之前，原來的密碼不變。",
                    "Follow the link below to choose a new password. It is good once, within one hour. Until then your password stays as it is.",
                )];
                self.word = say("設定新密碼", "Choose a new password");
            }
            Letter::PasswordChanged => {
                self.subject = say("密碼已經變更", "Your password was changed");
                self.paragraphs = vec![say(
                    "這個帳號的密碼剛剛變更了，其他裝置都已登出。",
                    "The password of this account was just changed, and all other browsers were signed out.",
                )];
                self.closing = self.warning();
            }
            Letter::Mail => {
                self.subject = say("確認新的電子郵件", "Confirm your new e-mail address");
                self.paragraphs = vec![say(
                    "這個帳號要把電子郵件改成這個信箱。請按下面的連結確認。連結在 24 小時內有效，只能使用一次；確認之前，信仍寄到原來的信箱。",
                    "This account wants its mail to come here. Follow the link below to confirm. It is good once, within 24 hours; until then mail goes to the address of before.",
                )];
                self.word = say("確認這個信箱", "Confirm this address");
            }
            Letter::MailAsked => {
                self.subject = say("有人要變更電子郵件", "Another address was asked for");
                self.paragraphs = vec![say(
                    "登入這個帳號的人要把電子郵件改成另一個信箱。新信箱確認之前，信仍寄到這裡；確認之後，我們會再通知您一次。",
                    "Somebody who is signed in to this account wants its mail to go to another address. Until that one is confirmed mail comes here; we tell you when it was.",
                )];
                self.closing = self.warning();
            }
            Letter::MailChanged => {
                self.subject = say("電子郵件已經變更", "Your e-mail address was changed");
                self.paragraphs = vec![say(
                    "從現在起，這個帳號的信改寄到另一個信箱。這是寄到原來信箱的最後一封信。",
                    "From now on, mail of this account goes to another address. This is the last letter to the one of before.",
                )];
                self.closing = self.warning();
            }
            Letter::Code => {
                self.subject = say("綁定卡片的驗證碼", "Your code to bind a card");
                self.paragraphs = vec![say(
                    "有人插入一張自然人憑證，要把它綁定到這個帳號。如果是您，請把下面的驗證碼輸入剛才的網頁。驗證碼在 30 分鐘內有效。不要告訴任何人。",
                    "Somebody inserted a citizen card and wants to bind it to this account. If it was you, enter the code below on that page. It is good for 30 minutes. Do not tell it to anybody.",
                )];
            }
            Letter::CardBound => {
                self.subject = say("卡片已經綁定", "A card was bound to your account");
                self.paragraphs = vec![say(
                    "一張憑證卡剛剛綁定到這個帳號，從現在起可以用它登入。",
                    "A card was just bound to this account and can sign in from now on.",
                )];
                self.closing = self.warning();
            }
            Letter::CardUnbound => {
                self.subject = say("卡片已經解除綁定", "A card was taken from your account");
                self.paragraphs = vec![say(
                    "本站的管理者剛剛解除了這個帳號的一張憑證卡，從現在起不能再用它登入；所有裝置都已登出。",
                    "The operator of this site just took a card from this account: it cannot sign in any more, and all browsers were signed out.",
                )];
                self.closing = say(
                    "如果您沒有提出要求，請通知本站的管理者。",
                    "If you did not ask for it, please tell the operator of this site.",
                );
            }
        }
    }

    fn warning(&self) -> &'static str {
        self.language.say(
            "如果不是您做的，請立刻登入並登出所有裝置，再通知本站的管理者。",
            "If it was not you, sign in at once, sign out everywhere, and tell the operator of this site.",
        )
    }
}
