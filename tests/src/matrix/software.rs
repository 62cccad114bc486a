//! Tokens in software: the module, a folder with its files, and what makes another token of it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};
use chop_token::{Keyring, Module};

use super::{Signatures, Subject, wrapper::Wrapper};
use crate::{
    card::PIN,
    keyring,
    module::{p11_kit_client, softokn},
    pkcs12,
    pki::Credential,
    program::Program,
    softhsm::SoftHsm,
};

type Make = Box<dyn Fn(&Credential) -> Result<()>>;

/// A token whose files are in a folder.
pub(super) struct Software {
    library: PathBuf,
    wrapper: Wrapper,
    /// Goes when the token does.
    files: PathBuf,
    parameters: Option<String>,
    environment: Vec<(&'static str, PathBuf)>,
    /// Makes the files of a token, in place of those that are there.
    make: Make,
    /// Whoever serves the token; it goes with it.
    server: Option<Program>,
}

impl Subject for Software {
    fn keyring(&self, spoilt: bool) -> Result<Keyring> {
        let path = match spoilt {
            true => self.wrapper.library(),
            false => self.library.clone(),
        };
        let module = Module {
            path,
            parameters: self.parameters.clone(),
            // The wrapper notes there that a signature has begun.
            writable: vec![self.wrapper.folder().to_owned()],
        };
        let environment = self
            .environment
            .iter()
            .map(|(name, path)| (*name, path.as_path()));
        Ok(keyring::start(
            vec![module],
            &environment.collect::<Vec<_>>(),
        ))
    }

    fn remove(&mut self) -> Result<()> {
        self.server = None;
        fs::remove_dir_all(&self.files).context("the token's files")
    }

    fn swap(&mut self, other: &Credential) -> Result<()> {
        fs::remove_dir_all(&self.files)?;
        (self.make)(other)
    }

    fn signatures(&mut self, how: Signatures) -> Result<()> {
        self.wrapper.signatures(how)
    }

    fn wait_for_signature(&self) -> Result<()> {
        self.wrapper.wait_for_signature()
    }
}

/// SoftHSM.
pub(super) fn softhsm(folder: &Path, credential: &Credential) -> Result<Software> {
    let hsm = SoftHsm::new(folder)?;
    let (files, module) = (folder.join("softhsm/tokens"), hsm.module().to_owned());
    let environment = vec![("SOFTHSM2_CONF", hsm.configuration())];
    let tokens = files.clone();
    let make = move |credential: &Credential| {
        fs::create_dir_all(&tokens)?;
        hsm.add_token("GPKI-TEST", &[("sign", credential)])
    };
    make(credential)?;
    Ok(Software {
        files,
        wrapper: Wrapper::around(folder, &module)?,
        library: module,
        parameters: None,
        environment,
        make: Box::new(make),
        server: None,
    })
}

/// p11-kit's client; SoftHSM is behind p11-kit's server, another process.
pub(super) fn p11_kit(folder: &Path, credential: &Credential) -> Result<Software> {
    let behind = softhsm(folder, credential)?;
    let socket = folder.join("p11-kit.socket");
    let mut server = Program::command("p11-kit");
    server.args(["server", "--foreground", "--provider"]);
    server
        .arg(crate::module::softhsm()?)
        .arg("--name")
        .arg(&socket);
    server.arg("pkcs11:token=GPKI-TEST");
    server.envs(behind.environment.iter().map(|(name, path)| (name, path)));
    server.stdout(std::process::Stdio::null());
    let server = Program::start(server, &folder.join("p11-kit.log"))?;
    while !socket.exists() {
        ensure!(!server.has_ended(), "p11-kit server: {}", server.log());
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let address = format!("unix:path={}", socket.display());
    let library = p11_kit_client()?;
    Ok(Software {
        wrapper: Wrapper::around(folder, &library)?,
        library,
        environment: vec![("P11_KIT_SERVER_ADDRESS", address.into())],
        server: Some(server),
        ..behind
    })
}

/// Kryoptic.
pub(super) fn kryoptic(
    folder: &Path,
    credential: &Credential,
    library: Option<&Path>,
) -> Result<Software> {
    let library = library.context("kryoptic is built by `cargo xtask modules`")?;
    let (library, folder) = (library.to_owned(), folder.join("kryoptic"));
    let (files, configuration) = (folder.join("database"), folder.join("kryoptic.conf"));
    fs::create_dir_all(&folder)?;
    let database = files.join("token.sql");
    let text = format!(
        "[[slots]]\nslot = 1\ndbtype = \"sqlite\"\ndbargs = \"{}\"\n",
        database.display()
    );
    fs::write(&configuration, text)?;
    let (place, tool) = (files.clone(), Tool::new(&library, &configuration, &folder));
    let make = move |credential: &Credential| {
        fs::create_dir_all(&place)?;
        let officer = ["--so-pin", "87654321"];
        tool.run(&[&["--init-token", "--label", "GPKI-TEST"][..], &officer].concat())?;
        let as_officer = ["--login", "--login-type", "so", "--init-pin", "--pin", PIN];
        tool.run(&[&as_officer[..], &officer].concat())?;
        tool.write("privkey", credential.key.pkcs8())?;
        tool.write("cert", &credential.certificate)
    };
    make(credential)?;
    Ok(Software {
        files,
        wrapper: Wrapper::around(&folder, &library)?,
        library,
        parameters: None,
        environment: vec![("KRYOPTIC_CONF", configuration)],
        make: Box::new(make),
        server: None,
    })
}

/// NSS's softokn, with a database like a browser's.
pub(super) fn nss(folder: &Path, credential: &Credential) -> Result<Software> {
    let (files, folder) = (folder.join("nssdb"), folder.to_owned());
    let parameters = format!(
        "configDir='sql:{}' certPrefix='' keyPrefix='' secmod='secmod.db' flags=readOnly",
        files.display()
    );
    let (place, work) = (files.clone(), folder.clone());
    let make = move |credential: &Credential| {
        fs::create_dir_all(&place)?;
        let (pin, card) = (work.join("pin"), work.join("card.p12"));
        fs::write(&pin, format!("{PIN}\n"))?;
        pkcs12::write(
            &card,
            credential,
            &[],
            "secret",
            pkcs12::Certificates::Hidden,
        )?;
        let database = format!("sql:{}", place.display());
        let with = |program: &str| {
            let mut command = Command::new(program);
            command.args(["-d", &database]);
            command
        };
        succeeds(with("certutil").arg("-N").arg("-f").arg(&pin))?;
        let mut import = with("pk12util");
        import.arg("-i").arg(&card).arg("-k").arg(&pin);
        succeeds(import.args(["-W", "secret"]))
    };
    make(credential)?;
    let library = softokn()?;
    Ok(Software {
        files,
        wrapper: Wrapper::around(&folder, &library)?,
        library,
        parameters: Some(parameters),
        environment: Vec::new(),
        make: Box::new(make),
        server: None,
    })
}

/// pkcs11-tool with kryoptic.
struct Tool {
    library: PathBuf,
    configuration: PathBuf,
    folder: PathBuf,
}

impl Tool {
    fn new(library: &Path, configuration: &Path, folder: &Path) -> Self {
        Self {
            library: library.to_owned(),
            configuration: configuration.to_owned(),
            folder: folder.to_owned(),
        }
    }

    fn run(&self, arguments: &[&str]) -> Result<()> {
        let mut tool = Command::new("pkcs11-tool");
        tool.arg("--module")
            .arg(&self.library)
            .args(["--slot", "1"]);
        tool.args(arguments)
            .env("KRYOPTIC_CONF", &self.configuration);
        succeeds(&mut tool)
    }

    fn write(&self, kind: &str, der: &[u8]) -> Result<()> {
        let file = self.folder.join("object.der");
        fs::write(&file, der)?;
        let file = file.to_str().context("the folder's path is text")?;
        let about = ["--login", "--pin", PIN, "--id", "01", "--label", "sign"];
        let object = ["--write-object", file, "--type", kind, "--usage-sign"];
        self.run(&[&about[..], &object].concat())
    }
}

fn succeeds(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    let message = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {message}");
    Ok(())
}
