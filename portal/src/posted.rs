//! Forms of our own pages.
//!
//! A handler gets the fields of a form only together with the proof that our own page made it for
//! this browser, so none can forget to ask.
//!
//! Spec: threats C-4, C-25.

use axum::{
    Form,
    extract::{FromRequest, FromRequestParts as _, Request},
};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{browser::Browser, pages::PageError, portal::Site};

/// The fields of a form that our own page made.
pub(crate) struct Posted<T>(pub(crate) T);

/// What every form of ours has beside its own fields.
#[derive(Deserialize)]
struct Envelope<T> {
    #[serde(default)]
    csrf_token: String,
    #[serde(flatten)]
    fields: T,
}

/// A form of a button alone.
#[derive(Deserialize)]
pub(crate) struct Button {}

impl<T: DeserializeOwned> FromRequest<Site> for Posted<T> {
    type Rejection = PageError;

    async fn from_request(request: Request, site: &Site) -> Result<Self, PageError> {
        let (mut parts, body) = request.into_parts();
        let Ok(browser) = Browser::from_request_parts(&mut parts, site).await;
        let request = Request::from_parts(parts, body);
        let Form(envelope) = Form::<Envelope<T>>::from_request(request, site)
            .await
            .map_err(|_| PageError::BadRequest)?;
        if !browser.made(&envelope.csrf_token) {
            return Err(PageError::RequestRefused);
        }
        Ok(Self(envelope.fields))
    }
}
