//! Reading a card's certificates.
//!
//! Spec: docs/protocol.md, "Certificates".

use chop_protocol::{CertificateAnswer, CertificatesAnswer, CertificatesRequest};
use chop_token::{Certificate, Inventory, Signer, Use};
use tokio::sync::watch;

use crate::{
    Asks, Error, Keys, Purpose,
    operation::{Entered, Filter, Operation},
};

/// A site reads the certificates of one card.
pub(crate) struct ReadCertificates<'a> {
    filter: Filter<'a>,
}

const USES: [(Use, &str); 3] = [
    (Use::SignIn, "sign_in"),
    (Use::Sign, "sign"),
    (Use::Decrypt, "decrypt"),
];

impl<'a> ReadCertificates<'a> {
    pub(crate) fn new(request: &'a CertificatesRequest, issuers: &'a [String]) -> Self {
        Self {
            filter: Filter {
                wanted: &request.wanted,
                issuers,
            },
        }
    }
}

impl Operation for ReadCertificates<'_> {
    type Answer = CertificatesAnswer;

    fn purpose(&self) -> Purpose {
        Purpose::ReadCertificates
    }

    /// One for each card: the first certificate that is for anything.
    fn offers(&self, inventory: &Inventory) -> Vec<Signer> {
        let mut offers: Vec<Signer> = Vec::new();
        let all = USES.map(|(wanted, _)| self.filter.signers(inventory, wanted));
        for signer in all.into_iter().flatten() {
            let same_card = |other: &Signer| other.key.token == signer.key.token;
            if !offers.iter().any(same_card) {
                offers.push(signer);
            }
        }
        offers
    }

    /// A card shows its certificates to whoever asks; a file that hides them does not.
    fn asks(&self, signer: &Signer) -> Asks {
        match signer.certificate {
            Some(_) => Asks::Agreement,
            None => Asks::Pin,
        }
    }

    async fn carry_out<K: Keys>(
        &self,
        keys: &K,
        with: &Entered,
        _: &watch::Sender<usize>,
    ) -> Result<Result<CertificatesAnswer, Error>, chop_token::Error> {
        let mut certificates: Vec<Certificate> = with.beside().to_vec();
        if with.certificate.is_none() {
            for (wanted, _) in USES {
                match keys.reveal(&with.key, &with.pin, wanted).await {
                    Ok(certificate) => certificates.push(certificate),
                    // None in it is for this.
                    Err(chop_token::Error::Pkcs12 { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(Ok(answer(&self.filter, &certificates)))
    }
}

fn answer(filter: &Filter<'_>, all: &[Certificate]) -> CertificatesAnswer {
    let mut answer = CertificatesAnswer::default();
    for certificate in all {
        let fits = |(wanted, name)| certificate.fits(wanted).then_some(name);
        let uses: Vec<_> = USES.into_iter().filter_map(fits).collect();
        let known = |it: &CertificateAnswer| it.certificate == certificate.der;
        if uses.is_empty() {
            answer.issuers.push(certificate.der.clone());
        } else if filter.passes(certificate, all) && !answer.certificates.iter().any(known) {
            answer.certificates.push(CertificateAnswer {
                certificate: certificate.der.clone(),
                uses,
            });
        }
    }
    answer
}
