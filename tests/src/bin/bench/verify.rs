//! What a server does with what a card signed, each thing on one core.

mod core_time;
mod sign_in;

use anyhow::Result;

use crate::{Fixture, figure::Figure};

pub(crate) fn measure(_: &Fixture<'_>) -> Result<Vec<Figure>> {
    sign_in::measure()
}
