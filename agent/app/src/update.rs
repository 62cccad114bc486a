//! What an administrator's script may install next: the newest package of a folder, if the keys
//! that the script names have signed for it.
//!
//! Nothing is fetched, nothing is installed, and nothing runs by itself: without a script there are
//! no updates. The folder may be anybody's (a share, a mirror): what is taken from it is a copy that
//! administrators alone can change, and was looked at after it was made.
//!
//! Spec: docs/deployment.md, "Updates"; docs/threat-model.md, C-22. Signatures are those of minisign.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
    time::Duration,
};

use minisign_verify::{PublicKey, Signature};
use ring::digest::{Context, Digest, SHA256};
use serde::Deserialize;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// The manifest's name in its folder; signatures have names that begin with it.
pub const MANIFEST: &str = "chop-update.json";

/// A copy that is not finished after that never will be.
const LONGEST_COPY: Duration = Duration::from_secs(3600);

/// The longest manifest and signature, in bytes.
const LONGEST: u64 = 64 * 1024;
/// So many signatures are looked at.
const MOST: usize = 32;
/// The largest package, in bytes.
const LARGEST: u64 = 200_000_000;

/// A kind of package.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub enum Kind {
    /// Of Debian and Ubuntu.
    Deb,
    /// Of Fedora and RHEL.
    Rpm,
    /// Of Windows.
    Msi,
}

impl Kind {
    /// That of this system.
    #[must_use]
    pub fn of_this_system() -> Self {
        match (cfg!(windows), Path::new("/usr/bin/dpkg").exists()) {
            (true, _) => Self::Msi,
            (false, true) => Self::Deb,
            (false, false) => Self::Rpm,
        }
    }

    /// How the name of such a package for this processor ends.
    fn ending(self) -> &'static str {
        match (self, cfg!(target_arch = "aarch64")) {
            (Self::Deb, false) => "_amd64.deb",
            (Self::Deb, true) => "_arm64.deb",
            (Self::Rpm, false) => ".x86_64.rpm",
            (Self::Rpm, true) => ".aarch64.rpm",
            (Self::Msi, false) => "-x64.msi",
            (Self::Msi, true) => "-arm64.msi",
        }
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The folder with manifest, signatures and packages.
    pub from: &'a Path,
    /// minisign's public keys; every one of them must have signed.
    pub keys: &'a [String],
    /// Which package.
    pub kind: Kind,
    /// The version that is installed.
    pub installed: &'a str,
    /// Now.
    pub now: OffsetDateTime,
    /// The folder that the package is copied to; administrators alone can write where it is made.
    pub to: &'a Path,
}

/// Why there is nothing to install.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be read or written.
    #[error("無法讀寫 {} · {} cannot be read or written", path.display(), path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// It is no public key of minisign's.
    #[error(
        "{key} 不是 minisign 的公開金鑰 · {key} is no public key of minisign's (the second line of its .pub file)"
    )]
    Key {
        /// As it was given.
        key: String,
    },
    /// A key has not signed the manifest.
    #[error(
        "清單沒有金鑰 {key} 的簽章，請勿安裝 · the manifest is not signed by {key}: install nothing from there"
    )]
    Unsigned {
        /// Which.
        key: String,
    },
    /// The manifest is not understood.
    #[error("更新清單看不懂：{why} · the manifest is not understood: {why}")]
    Manifest {
        /// What is wrong with it.
        why: String,
    },
    /// The manifest is too old to go by: somebody may be keeping a newer one away.
    #[error(
        "更新清單已於 {day} 過期，請取得新的 · the manifest has expired on {day}: get a newer one, and look at this computer's clock"
    )]
    Expired {
        /// When.
        day: String,
    },
    /// There is no such package.
    #[error("更新清單沒有 *{kind} 套件 · the manifest names no *{kind} package")]
    NoPackage {
        /// How its name would end.
        kind: &'static str,
    },
    /// The package is not the one that was signed for.
    #[error(
        "{file} 與簽署的內容不同，請勿安裝 · {file} is not what was signed for: do not install it"
    )]
    Digest {
        /// Its name.
        file: String,
    },
}

/// What is signed.
#[derive(Deserialize)]
struct Manifest {
    /// Always `chop`: a key may sign other programs' manifests as well.
    product: String,
    /// Three numbers.
    version: String,
    /// RFC 3339.
    expires: String,
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    file: String,
    /// Hexadecimal.
    sha256: String,
}

/// The path of the copy that may be installed; `None` where nothing newer is there.
///
/// # Errors
/// [`Error`]. Then nothing is added to the folder.
pub fn newest(question: &Question<'_>) -> Result<Option<PathBuf>, Error> {
    let manifest = signed(question.from, question.keys)?;
    let manifest: Manifest =
        serde_json::from_slice(&manifest).map_err(|error| Error::Manifest {
            why: error.to_string(),
        })?;
    if manifest.product != "chop" {
        return Err(Error::Manifest {
            why: format!("it is of {:?}", manifest.product),
        });
    }
    let expires = OffsetDateTime::parse(&manifest.expires, &Rfc3339);
    let expires = expires.map_err(|_| Error::Manifest {
        why: format!("{:?} is no moment", manifest.expires),
    })?;
    if expires <= question.now {
        let day = expires.date().to_string();
        return Err(Error::Expired { day });
    }
    if numbers(&manifest.version)? <= numbers(question.installed)? {
        return Ok(None);
    }
    let kind = question.kind.ending();
    let package = manifest
        .packages
        .iter()
        .find(|package| package.file.ends_with(kind))
        .ok_or(Error::NoPackage { kind })?;
    copy(question, package).map(Some)
}

/// The manifest, once every key has signed it. Nothing of it is looked at before.
fn signed(folder: &Path, keys: &[String]) -> Result<Vec<u8>, Error> {
    let manifest = read(&folder.join(MANIFEST))?;
    let failed = |cause| Error::File {
        path: folder.to_owned(),
        cause,
    };
    let entries = fs::read_dir(folder).map_err(failed)?.flatten();
    let files = entries.map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(MANIFEST) && name.ends_with(".minisig"))
    });
    // One that is none, or cannot be read, signs nothing.
    let texts = files.take(MOST).filter_map(|path| read(&path).ok());
    let texts = texts.filter_map(|text| String::from_utf8(text).ok());
    let signatures: Vec<_> = texts
        .filter_map(|text| Signature::decode(&text).ok())
        .collect();
    for key in keys {
        let public = PublicKey::from_base64(key).map_err(|_| Error::Key { key: key.clone() })?;
        let by = |signature| public.verify(&manifest, signature, false).is_ok();
        if !signatures.iter().any(by) {
            return Err(Error::Unsigned { key: key.clone() });
        }
    }
    Ok(manifest)
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |cause| Error::File {
        path: path.to_owned(),
        cause,
    };
    let mut content = Vec::new();
    let file = open(path).map_err(failed)?;
    let read = file.take(LONGEST + 1).read_to_end(&mut content);
    read.map_err(failed)?;
    if content.len() as u64 > LONGEST {
        return Err(failed(io::ErrorKind::FileTooLarge.into()));
    }
    Ok(content)
}

/// Opens a file, and nothing else: whoever fills the folder may have put a pipe, a device or a link
/// there.
fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags(nix::libc::O_NOFOLLOW | nix::libc::O_NONBLOCK);
    }
    #[cfg(windows)]
    {
        use std::os::windows::fs::OpenOptionsExt as _;
        use windows_sys::Win32::Storage::FileSystem::SECURITY_IDENTIFICATION;
        // A pipe's other end may learn who we are, and do nothing as us.
        options.security_qos_flags(SECURITY_IDENTIFICATION);
    }
    let file = options.open(path)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::ErrorKind::InvalidInput.into()),
    }
}

/// `1.2.3`, and nothing longer or shorter.
fn numbers(version: &str) -> Result<[u64; 3], Error> {
    let number = |text: &str| {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits)
    };
    let numbers: Option<Vec<u64>> = version.split('.').map(number).collect();
    let numbers = numbers.and_then(|numbers| numbers.try_into().ok());
    numbers.ok_or_else(|| Error::Manifest {
        why: format!("{version:?} is no version"),
    })
}

/// Copies the package, and gives the copy if it is what was signed for.
fn copy(question: &Question<'_>, package: &Package) -> Result<PathBuf, Error> {
    let Package { file, sha256 } = package;
    let plain = |char: char| char.is_ascii_alphanumeric() || "._-+~".contains(char);
    if file.starts_with('.') || !file.chars().all(plain) {
        return Err(Error::Manifest {
            why: format!("{file:?} is no name of a package"),
        });
    }
    make_folder(question.to).map_err(failed(question.to))?;
    let to = question.to.join(file);
    // Another script may be installing it right now.
    if !is_what_was_signed(&to, sha256) {
        let from = question.from.join(file);
        let mut source = open(&from).map_err(failed(&from))?;
        let mut copy = tempfile::NamedTempFile::new_in(question.to).map_err(failed(question.to))?;
        let found = copy_and_digest(&mut source, &mut copy).map_err(failed(&from))?;
        if !found.eq_ignore_ascii_case(sha256) {
            return Err(Error::Digest { file: file.clone() });
        }
        // Package managers read it as users of their own.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let readable = fs::Permissions::from_mode(0o644);
            fs::set_permissions(copy.path(), readable).map_err(failed(&to))?;
        }
        let put = copy.persist(&to);
        // Where another script was the first, Windows may not let its copy be replaced.
        if let Err(error) = put
            && !is_what_was_signed(&to, sha256)
        {
            return Err(failed(&to)(error.error));
        }
    }
    remove_others(question.to, file);
    Ok(to)
}

/// Makes the folder where there is none. What is above it is the installation's: where that is not
/// there, nothing is made. On Windows nobody but administrators reads it, or a copy could be held
/// open.
fn make_folder(folder: &Path) -> io::Result<()> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
    }
    #[cfg(windows)]
    chop_certs::acl::keep_from_people(folder)
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |cause| Error::File { path, cause }
}

fn is_what_was_signed(path: &Path, sha256: &str) -> bool {
    let digest = open(path).and_then(|mut file| copy_and_digest(&mut file, &mut io::sink()));
    digest.is_ok_and(|found| found.eq_ignore_ascii_case(sha256))
}

/// Copies up to [`LARGEST`], and gives the SHA-256 of it, hexadecimal.
fn copy_and_digest(from: &mut impl io::Read, to: &mut impl io::Write) -> io::Result<String> {
    let mut from = from.take(LARGEST);
    let mut digest = Context::new(&SHA256);
    let mut part = vec![0; 1 << 16];
    loop {
        let read = from.read(&mut part)?;
        let Some(part) = part.get(..read).filter(|part| !part.is_empty()) else {
            return Ok(hexadecimal(&digest.finish()));
        };
        digest.update(part);
        to.write_all(part)?;
    }
}

/// A digest as people and files write it.
pub(crate) fn hexadecimal(digest: &Digest) -> String {
    let bytes = digest.as_ref().iter();
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

/// Removes what is of an earlier day, and not what another script is copying. What cannot go does no
/// harm: nobody is told of it.
fn remove_others(folder: &Path, kept: &str) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let modified = entry.metadata().and_then(|it| it.modified());
        let age = modified.ok().and_then(|it| it.elapsed().ok());
        let is_copied = entry.file_name().to_string_lossy().starts_with('.')
            && age.unwrap_or_default() < LONGEST_COPY;
        if entry.file_name() != *kept && !is_copied {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests;
