//! The form, driven through its accessibility tree.

mod agreeing;
mod deciding;
mod entry;
mod stray_keys;
mod views;

use chop_service::{Asks, Choice, ChoiceId, DocumentView, Ending, Notice, Purpose, View};
use egui::{Event, Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::Queryable as _;

use super::*;
use crate::prompt::{scene::Scene, wire::CallerKind};

impl Scene {
    /// A window that has just taken the focus, looking for a card.
    fn new() -> Self {
        Self::asking(Purpose::SignIn)
    }

    /// The same, for something else.
    fn asking(purpose: Purpose) -> Self {
        Self::asked_by(CallerKind::Site, purpose)
    }

    /// The same, with another kind of caller.
    fn asked_by(caller: CallerKind, purpose: Purpose) -> Self {
        let request = SiteRequest {
            origin: "https://login.bank.example:8443".to_owned(),
            owner: 14..26,
            caller,
            purpose,
            seconds: 60,
        };
        Self::of(Form::new(request, Language::ENGLISH, 1_800_000_000))
    }

    /// A window that shows these certificates, long enough for keys to count.
    fn ready(choices: Vec<Choice>) -> Self {
        let mut scene = Self::new();
        scene.show(View::Ready {
            choices,
            notice: None,
        });
        scene.pass(1.0);
        scene
    }
}

fn card(id: u32) -> Choice {
    Choice {
        id: ChoiceId(id),
        holder: Some(format!("Holder {id}")),
        issuer: "Issuer".to_owned(),
        not_after: Some(1_900_000_000),
        certificate: None,
        label: "Token".to_owned(),
        reader: Some("Reader 00".to_owned()),
        tries_left: Some(3),
        locked: false,
        asks: Asks::Pin,
        shortest: 4,
        longest: 8,
    }
}

fn with_tries(tries: u8) -> Choice {
    Choice {
        tries_left: Some(tries),
        ..card(1)
    }
}

fn locked() -> Choice {
    Choice {
        locked: true,
        ..with_tries(0)
    }
}
