//! The machine's own trust: its pair, and the browsers' policy files that make every person's
//! browser trust it, with a book of what was changed, so that all of it can be taken back.
//!
//! Policies are written only where sites are named: a browser with any policy says that it is
//! managed by an organization, which the computer at home is not. There the agent of each person
//! adds the authority to that person's own stores instead.
//!
//! Nothing of others is overwritten: what another file says already is left alone and told as
//! [`LeftAlone`], and a file that is merged into comes back byte by byte.
//!
//! Spec: docs/architecture.md, "The localhost certificate" (D3); docs/deployment.md, "Browsers".

mod book;
mod chromium;
mod firefox;

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use rustls_pki_types::CertificateDer;

use crate::{
    Error, Lifetime, LocalhostPair,
    rotation::{Rotation, remove_folder},
    stores::Browser,
};
use book::Book;
pub(crate) use book::replace;

/// Where the machine's things are.
#[derive(Clone, Debug)]
pub struct Places {
    /// Below it browsers look for policies; normally `/etc`.
    pub etc: PathBuf,
    /// Our own folder; normally `/var/lib/chop`.
    pub state: PathBuf,
    /// Folders of programs, where Firefox may have its own policy file: normally `/usr/lib` and
    /// the like. That file is not read any more once there is one below `etc`.
    pub programs: Vec<PathBuf>,
}

/// Something of another's that stands in our way, and was left as it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LeftAlone {
    /// Whose file it is.
    pub browser: Browser,
    /// Which file.
    pub path: PathBuf,
    /// Which policy in it; `None` for all of it.
    pub policy: Option<&'static str>,
    /// What its administrator has to add to it, as JSON.
    pub add: String,
}

/// What was done.
#[derive(Debug, Default)]
pub struct Done {
    /// What others have to do.
    pub left_alone: Vec<LeftAlone>,
    /// Whether the pair that is served has changed: who serves it has to read it again.
    pub pair_changed: bool,
}

/// What browsers are told.
pub(crate) struct Wish<'a> {
    /// The authorities: one, or two while one follows the other.
    pub(crate) authorities: &'a [(CertificateDer<'static>, PathBuf)],
    /// The sites that may reach the agent, as origins.
    pub(crate) sites: &'a [String],
}

impl Places {
    /// Those of this system.
    #[must_use]
    pub fn of_this_system() -> Self {
        Self {
            etc: "/etc".into(),
            state: "/var/lib/chop".into(),
            programs: ["/usr/lib", "/usr/lib64", "/opt", "/usr/share"]
                .map(PathBuf::from)
                .into(),
        }
    }

    /// The folder of the pair that is served.
    #[must_use]
    pub fn pair(&self) -> PathBuf {
        self.state.join("localhost")
    }

    /// The folder of the pair that will be served next.
    fn next(&self) -> PathBuf {
        self.state.join("next")
    }

    /// The authority of the pair that is served, PEM, readable by all: what people's agents add to
    /// their stores, and what Firefox's policy names.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.state.join("authority.pem")
    }

    /// The authority of the next pair.
    #[must_use]
    pub fn next_authority(&self) -> PathBuf {
        self.state.join("next-authority.pem")
    }

    /// Says that policies make browsers trust the authority, so that people's stores need not.
    #[must_use]
    pub fn by_policy(&self) -> PathBuf {
        self.state.join("trusted-by-policy")
    }

    fn book(&self) -> PathBuf {
        self.state.join("changes.json")
    }
}

/// Makes the machine's pair where there is none or it is due, and writes what `sites` need.
///
/// It is run at installation, when the sites change, and regularly: a pair with
/// [`crate::RENEWAL`] or less to go gets a successor, whose authority is trusted beside the old
/// one; the successor takes over when `seen` says that every browser has been started since that
/// moment, or a week before the end. Running it when nothing is due changes nothing.
///
/// # Errors
/// [`Error::File`], and those of [`Rotation::step`].
pub fn set_up(
    places: &Places,
    sites: &[String],
    now: SystemTime,
    seen: impl FnOnce(SystemTime) -> bool,
) -> Result<Done, Error> {
    book::make_folder(&places.state)?;
    let rotation = Rotation {
        current: places.pair(),
        next: places.next(),
        lifetime: Lifetime::MachineWide,
    };
    let pairs = rotation.step(now, seen)?;
    write_authority(&places.authority(), &pairs.current)?;
    let mut authorities = vec![(pairs.current.authority().clone(), places.authority())];
    if let Some(next) = &pairs.next {
        write_authority(&places.next_authority(), next)?;
        authorities.push((next.authority().clone(), places.next_authority()));
    } else {
        remove_file(&places.next_authority())?;
    }

    let mut book = Book::open(places.book())?;
    let wish = Wish {
        authorities: &authorities,
        sites,
    };
    let left_alone = if sites.is_empty() {
        book.undo()?;
        remove_file(&places.by_policy())?;
        Vec::new()
    } else {
        let mut left = chromium::write(&places.etc, &wish, &mut book)?;
        left.extend(firefox::write(places, &wish, &mut book)?);
        write_public(&places.by_policy(), b"")?;
        left
    };
    Ok(Done {
        left_alone,
        pair_changed: pairs.changed,
    })
}

/// Takes everything back: policies, and the pair.
///
/// # Errors
/// [`Error::File`]. What could be taken back before is.
pub fn clear(places: &Places) -> Result<Vec<LeftAlone>, Error> {
    let left = Book::open(places.book())?.undo()?;
    remove_folder(&places.state)?;
    Ok(left)
}

/// Writes a PEM file if it is another than the one that is there: its date says since when.
fn write_authority(path: &Path, pair: &LocalhostPair) -> Result<(), Error> {
    let pem = pair.authority_pem();
    if fs::read(path).is_ok_and(|there| there == pem.as_bytes()) {
        return Ok(());
    }
    write_public(path, pem.as_bytes())
}

fn write_public(path: &Path, content: &[u8]) -> Result<(), Error> {
    replace(path, content, 0o644)
}

fn remove_file(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::file("removed", path)(cause))
        }
        _ => Ok(()),
    }
}

#[cfg(all(test, unix))]
mod tests;
