//! What all sources of one certificate say, asked at once.

use std::{sync::Arc, time::SystemTime};

use chop_verifier::{Certificate, Crl, Evidence, OcspAnswer, Sources};
use tokio::task::JoinSet;

use crate::{Error, Fetcher, address::NamedBy};

/// What one source said.
enum Found {
    Answer(Result<Option<OcspAnswer>, Error>),
    List(String, Result<Arc<Crl>, Error>),
    Delta(String, Result<Arc<Crl>, Error>),
}

/// Questions that were asked, and what was answered so far. Those that are left when it is dropped are
/// not waited for; lists that are on their way come nevertheless, for the next time.
pub(crate) struct Gathering {
    asked: JoinSet<Found>,
    evidence: Evidence,
    certificate: Certificate,
    now: SystemTime,
    /// The responder has not said anything yet.
    answer_is_coming: bool,
    /// Deltas that have not come yet.
    deltas: usize,
    /// A list that counts speaks of the certificate.
    listed: bool,
}

impl Gathering {
    /// Asks everybody.
    pub(crate) fn new(
        fetcher: &Fetcher,
        certificate: &Certificate,
        sources: &Sources,
        now: SystemTime,
    ) -> Self {
        let mut asked = JoinSet::new();
        let (own, whose, where_) = (fetcher.clone(), certificate.clone(), sources.clone());
        asked.spawn(async move { Found::Answer(own.answer(&whose, &where_).await) });
        let mut list = |address: &String, found: fn(String, Result<Arc<Crl>, Error>) -> Found| {
            let (fetcher, address) = (fetcher.clone(), address.clone());
            asked.spawn(async move {
                let list = fetcher.list_named_by(&address, NamedBy::Certificate, now);
                let list = list.await;
                found(address, list)
            });
        };
        sources.lists.iter().for_each(|one| list(one, Found::List));
        sources
            .deltas
            .iter()
            .for_each(|one| list(one, Found::Delta));
        Self {
            asked,
            evidence: Evidence::none(),
            certificate: certificate.clone(),
            now,
            answer_is_coming: true,
            deltas: sources.deltas.len(),
            listed: false,
        }
    }

    /// Waits until there is enough, or nobody is left to answer.
    pub(crate) async fn gather(&mut self) {
        while let Some(found) = self.asked.join_next().await {
            // A task that panicked has said nothing.
            let Ok(found) = found else { continue };
            match found {
                Found::Answer(answer) => {
                    self.answer_is_coming = false;
                    match answer {
                        Ok(Some(answer)) => return self.add(|one| one.and_answer(answer)),
                        Ok(None) => {}
                        Err(error) => {
                            let error = &error as &dyn std::error::Error;
                            tracing::warn!(error, "no OCSP answer");
                        }
                    }
                }
                Found::List(address, list) => self.list(&address, list),
                Found::Delta(address, list) => {
                    self.deltas = self.deltas.saturating_sub(1);
                    self.list(&address, list);
                }
            }
            if self.listed && self.deltas == 0 && !self.answer_is_coming {
                return;
            }
        }
    }

    fn list(&mut self, address: &str, list: Result<Arc<Crl>, Error>) {
        match list {
            Ok(list) => {
                let counts = list.next_update().is_some_and(|next| self.now <= next);
                self.listed |= counts && list.is_for(&self.certificate);
                self.add(|one| one.and_list(list));
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, address, "no list");
            }
        }
    }

    fn add(&mut self, to: impl FnOnce(Evidence) -> Evidence) {
        self.evidence = to(std::mem::take(&mut self.evidence));
    }

    /// What there is.
    pub(crate) fn into_evidence(self) -> Evidence {
        self.evidence
    }
}
