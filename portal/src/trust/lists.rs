//! Lists of revoked cards: got and kept by `chop-fetch`, looked into by the verifier.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use chop_fetch::Fetcher;
use chop_verifier::{Anchors, Crl, Evidence};

use crate::{Error, settings};

/// The lists that the settings name.
pub(super) struct Lists {
    fetcher: Fetcher,
    listed: Mutex<Vec<ListedList>>,
}

/// A list, as the operator sees it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ListedList {
    /// Where it comes from.
    pub address: String,
    /// The newest that could be had.
    pub list: Option<Arc<Crl>>,
    /// Why there is none.
    pub fault: Option<String>,
}

impl ListedList {
    /// There is one, and its successor should be there by now.
    pub(crate) fn is_late(&self, now: SystemTime) -> bool {
        let next = self.list.as_ref().map(|list| list.next_update());
        next.is_some_and(|next| next.is_none_or(|next| next < now))
    }
}

impl Lists {
    /// The lists of the settings; none of them is there yet.
    ///
    /// # Errors
    /// [`Error::Lists`]: the folder cannot be used, or the proxy's address is none.
    pub(super) fn new(
        settings: &settings::Revocation,
        anchors: Arc<Anchors>,
    ) -> Result<Self, Error> {
        let mut fetching = chop_fetch::Settings::new(&settings.folder);
        fetching.proxy.clone_from(&settings.proxy);
        let empty = |address: &String| ListedList {
            address: address.clone(),
            list: None,
            fault: None,
        };
        Ok(Self {
            fetcher: Fetcher::new(fetching, anchors)?,
            listed: Mutex::new(settings.lists.iter().map(empty).collect()),
        })
    }

    /// As they were when they were last fetched.
    pub(super) fn listed(&self) -> Vec<ListedList> {
        self.listed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Gets those that are missing or due, and all of them for the verifier where one has changed.
    pub(super) async fn fetch(&self, now: SystemTime) -> Option<Evidence> {
        let mut listed = self.listed();
        let before = fingerprints(&listed);
        for one in &mut listed {
            match self.fetcher.list(&one.address, now).await {
                Ok(list) => (one.list, one.fault) = (Some(list), None),
                Err(error) => {
                    let address = &one.address;
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, address, "a list of revoked cards is missing");
                    one.fault = Some(error.to_string());
                }
            }
        }
        let has_changed = fingerprints(&listed) != before;
        let lists = listed.iter().filter_map(|one| one.list.clone());
        let evidence = lists.fold(Evidence::none(), Evidence::and_list);
        *self.listed.lock().unwrap_or_else(PoisonError::into_inner) = listed;
        has_changed.then_some(evidence)
    }
}

fn fingerprints(listed: &[ListedList]) -> Vec<Option<[u8; 32]>> {
    let of = |one: &ListedList| one.list.as_ref().map(|list| list.fingerprint());
    listed.iter().map(of).collect()
}
