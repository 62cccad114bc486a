//! What stands in a certificate, for who wants to know.

use chop_token::{Certificate, KeyKind};
use egui::{CornerRadius, Frame, Margin, Ui, UiBuilder, vec2};

use super::{Look, words};
use crate::{
    certificate_view::CertificateView,
    prompt::{fonts, theme::size},
    text::{
        Message,
        prompt::{details as text, taiwan_date},
    },
};

/// The width of what things are called, in points.
const NAMES: f32 = 108.0;

/// Shows the certificate in `der`.
pub(in crate::prompt) fn show(ui: &mut Ui, der: &[u8], place: &str, look: &Look) {
    let frame = Frame::new()
        .fill(look.colors.field)
        .stroke(egui::Stroke::new(1.0, look.colors.line))
        .corner_radius(CornerRadius::same(10))
        .inner_margin(Margin::symmetric(14, 12));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 6.0;
        let Some(view) = CertificateView::read(der) else {
            let said = look.say(&text::UNREADABLE);
            words::label(ui, &said, fonts::plain(size::SMALL), look.colors.dim);
            return;
        };
        row(ui, &text::SUBJECT, &view.subject, look);
        row(ui, &text::ISSUER, &view.issuer, look);
        row(ui, &text::SERIAL, &view.serial, look);
        row(
            ui,
            &text::FROM,
            &taiwan_date(view.certificate.not_before),
            look,
        );
        row(
            ui,
            &text::UNTIL,
            &taiwan_date(view.certificate.not_after),
            look,
        );
        row(ui, &text::KEY, &key(view.certificate.key, look), look);
        row(ui, &text::USES, &uses(&view.certificate, look), look);
        row(ui, &text::FINGERPRINT, &view.fingerprint, look);
        row(ui, &text::PLACE, place, look);
    });
}

fn row(ui: &mut Ui, name: &Message, value: &str, look: &Look) {
    let space = ui.available_rect_before_wrap();
    let font = fonts::plain(size::SMALL);
    let mut left = ui.new_child(UiBuilder::new().max_rect(space));
    left.set_width(NAMES - 10.0);
    words::label(&mut left, &look.say(name), font.clone(), look.colors.dim);
    let beside = space.with_min_x(space.left() + NAMES);
    let mut right = ui.new_child(UiBuilder::new().max_rect(beside));
    // Of the holder's own writing: as many lines as it takes, up to a bound.
    words::foreign(&mut right, value, font, look.colors.text, 6);
    let height = left.min_rect().height().max(right.min_rect().height());
    ui.allocate_space(vec2(space.width(), height));
}

fn key(key: Option<KeyKind>, look: &Look) -> String {
    match key {
        Some(KeyKind::Rsa(bits)) => format!("RSA {bits}"),
        Some(KeyKind::P256) => "ECDSA P-256".to_owned(),
        Some(KeyKind::P384) => "ECDSA P-384".to_owned(),
        Some(KeyKind::P521) => "ECDSA P-521".to_owned(),
        None => look.say(&text::OTHER_KEY),
    }
}

fn uses(certificate: &Certificate, look: &Look) -> String {
    let uses = certificate.uses;
    let named = [
        (uses.sign_in, text::SIGN_IN),
        (uses.sign, text::SIGN),
        (uses.decrypt, text::DECRYPT),
    ];
    let named: Vec<_> = named
        .iter()
        .filter(|(allowed, _)| *allowed)
        .map(|(_, name)| look.say(name))
        .collect();
    match named.is_empty() {
        true => look.say(&text::NO_USE),
        false => named.join(" · "),
    }
}
