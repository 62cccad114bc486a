//! What a decision about revocation asks of the path that a certificate stands on.

use std::{ops::ControlFlow, sync::Arc};

use super::build::{Furthest, Search, address};
use crate::{
    algorithms::Sha1,
    certificate::Certificate,
    name::NormalName,
    path::{Purpose, State, state::check_signature},
    revocation::{Of, Standing},
};

/// Where a certificate stands whose revocation is asked for.
pub(super) struct OnPath<'a> {
    pub(super) search: &'a Search<'a>,
    pub(super) state: &'a State,
}

impl Standing for OnPath<'_> {
    fn issuer(&self) -> &Certificate {
        self.state.issuer()
    }

    fn may_sign_lists(&self, name: &NormalName, key_hash: &[u8; 32]) -> bool {
        let search = self.search;
        let known = search.anchors.certificates().chain(search.extra);
        let mut signers = known.filter(|one| {
            one.normal_subject() == name
                && one.key_hash() == *key_hash
                && one.extensions.signs_lists()
        });
        signers.any(|signer| self.is_signer(signer))
    }

    fn may_sign_answers(&self, responder: &Certificate) -> bool {
        let (issuer, search) = (self.state.issuer(), self.search);
        responder.names_as_issuer(issuer)
            && check_signature(responder, issuer, self.sha1()).is_ok()
            && self
                .state
                .finish_signer(responder, &Purpose::Ocsp, search.at)
                .is_ok()
    }

    fn sha1(&self) -> Sha1 {
        self.search.sha1_for(self.state.issuer())
    }
}

impl OnPath<'_> {
    /// A path leads to `signer` from the anchor of this one.
    fn is_signer(&self, signer: &Arc<Certificate>) -> bool {
        let search = self.search;
        if search.anchors.is_anchor(signer) {
            return signer == self.state.anchor() && State::at_anchor(signer, search.at).is_ok();
        }
        let place = address(signer);
        if search.signers.borrow().contains(&place) {
            return false;
        }
        search.signers.borrow_mut().push(place);
        let mut found = false;
        for issuer in search.issuers_of(signer) {
            let _ = search.states(
                &issuer,
                &mut Vec::new(),
                &mut Furthest::default(),
                &mut |state, _| {
                    found = state.anchor() == self.state.anchor()
                        && state
                            .finish_signer(signer, &Purpose::Lists, search.at)
                            .is_ok()
                        && search.check_signature(signer, state.issuer()).is_ok()
                        && search.revocation(state, signer, Of::Authority).is_ok();
                    if found {
                        ControlFlow::Break(())
                    } else {
                        ControlFlow::Continue(())
                    }
                },
            );
            if found {
                break;
            }
        }
        search.signers.borrow_mut().pop();
        found
    }
}
