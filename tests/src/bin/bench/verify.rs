//! What a server does with what a card signed.

mod cms;
mod core_time;
mod list;
mod service;
mod sign_in;

use anyhow::Result;

pub(crate) use list::know as know_list;

use crate::{Fixture, figure::Figure};

pub(crate) fn measure(fixture: &Fixture<'_>) -> Result<Vec<Figure>> {
    let mut figures = sign_in::measure()?;
    figures.extend(cms::measure(fixture.folder)?);
    figures.extend(list::measure(fixture.folder)?);
    figures.extend(service::measure(fixture.folder)?);
    Ok(figures)
}
