//! The authority that browsers have to trust: of the person's own pair, or of the machine's, whose
//! key nobody but the gate can read.

use std::time::SystemTime;

use chop_certs::LocalhostPair;
use rustls_pki_types::CertificateDer;

use super::{Area, Line};
use crate::{paths::Paths, text::doctor::gate as text};

/// An authority.
pub(super) trait Anchor {
    /// Its certificate, DER.
    fn authority(&self) -> &CertificateDer<'static>;
    /// Its common name.
    fn name(&self) -> &str;
}

impl Anchor for LocalhostPair {
    fn authority(&self) -> &CertificateDer<'static> {
        self.authority()
    }

    fn name(&self) -> &str {
        self.name()
    }
}

/// The machine's.
pub(super) struct OfTheMachine {
    authority: CertificateDer<'static>,
    name: String,
    not_after: SystemTime,
}

impl Anchor for OfTheMachine {
    fn authority(&self) -> &CertificateDer<'static> {
        &self.authority
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// Reads it; `None` when it is not there, or is none.
#[cfg(any(target_os = "linux", windows))]
pub(super) fn of_the_machine(paths: &Paths) -> Option<OfTheMachine> {
    use x509_cert::{Certificate, der::Decode as _};

    let authority = crate::machine::authority(paths).ok()?;
    let certificate = Certificate::from_der(&authority).ok()?;
    let subject = certificate.tbs_certificate().subject();
    let name = subject.common_name().ok()??.value().into_owned();
    let not_after = certificate.tbs_certificate().validity().not_after;
    Some(OfTheMachine {
        not_after: not_after.to_system_time(),
        authority,
        name,
    })
}

#[cfg(not(any(target_os = "linux", windows)))]
pub(super) fn of_the_machine(_paths: &Paths) -> Option<OfTheMachine> {
    None
}

/// How the machine's gate and its certificate are.
pub(super) fn lines(paths: &Paths, machine: Option<&OfTheMachine>, now: SystemTime) -> Vec<Line> {
    let gate = match is_there(paths) {
        true => Line::ok(Area::Agent, text::IN_FRONT),
        false => Line::problem(Area::Agent, text::NOT_RUNNING),
    };
    let certificate = match machine {
        Some(machine) if machine.not_after > now => {
            Line::ok(Area::Certificate, text::certificate(machine.not_after))
        }
        _ => Line::problem(Area::Certificate, text::NO_CERTIFICATE),
    };
    vec![gate, certificate]
}

#[cfg(any(target_os = "linux", windows))]
fn is_there(paths: &Paths) -> bool {
    crate::gate::is_there(&paths.gate)
}

#[cfg(not(any(target_os = "linux", windows)))]
fn is_there(_paths: &Paths) -> bool {
    false
}
