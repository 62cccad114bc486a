//! Where a module may write: what the settings name, where everybody may, and where modules that
//! keep keys in files keep them.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::Module;

/// Folders that it may write below; some may not be there.
pub(super) fn folders(module: &Module) -> Vec<PathBuf> {
    let variable = |name| env::var_os(name).map(PathBuf::from);
    let home = variable("HOME");
    let below_home = |path: &str| home.as_ref().map(|home| home.join(path));
    let cache = variable("XDG_CACHE_HOME").or_else(|| below_home(".cache"));
    let softhsm = variable("SOFTHSM2_CONF")
        .or_else(|| below_home(".config/softhsm2/softhsm2.conf").filter(|path| path.is_file()))
        .unwrap_or_else(|| "/etc/softhsm/softhsm2.conf".into());
    let own = [
        Some(env::temp_dir()),
        // What it has read of cards; certificates, no secrets.
        cache.map(|cache| cache.join("opensc")),
        fs::read_to_string(softhsm)
            .ok()
            .and_then(|text| softhsms_tokens(&text)),
        variable("KRYOPTIC_CONF").and_then(|file| file.parent().map(Path::to_owned)),
        module.parameters.as_deref().and_then(nss_database),
    ];
    let named = module.writable.iter().cloned();
    named.chain(own.into_iter().flatten()).collect()
}

/// The folder with SoftHSM's tokens, of its configuration.
fn softhsms_tokens(configuration: &str) -> Option<PathBuf> {
    let mut lines = configuration
        .lines()
        .filter_map(|line| line.split_once('='));
    let (_, folder) = lines.find(|(key, _)| key.trim() == "directories.tokendir")?;
    Some(folder.trim().into())
}

/// The folder with NSS's database, unless it is only read.
fn nss_database(parameters: &str) -> Option<PathBuf> {
    let (_, rest) = parameters.split_once("configDir='")?;
    let (folder, rest) = rest.split_once('\'')?;
    let folder = folder.strip_prefix("sql:").unwrap_or(folder);
    (!rest.contains("readOnly")).then(|| folder.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn softhsms_tokens_are_where_its_configuration_says() {
        let text = "# SoftHSM\nlog.level = ERROR\ndirectories.tokendir = /var/lib/tokens \n";
        assert_eq!(softhsms_tokens(text), Some("/var/lib/tokens".into()));
        assert_eq!(softhsms_tokens("log.level = ERROR"), None);
    }

    #[test]
    fn a_database_that_is_only_read_need_not_be_written() {
        let writes = "configDir='sql:/home/a b/nssdb' certPrefix=''";
        assert_eq!(nss_database(writes), Some("/home/a b/nssdb".into()));
        assert_eq!(nss_database(&format!("{writes} flags=readOnly")), None);
        assert_eq!(nss_database("nonsense"), None);
    }

    #[test]
    fn what_the_settings_name_is_among_them() {
        let module = Module {
            writable: vec!["/var/lib/module".into()],
            ..Module::from(PathBuf::from("/module.so"))
        };
        assert!(folders(&module).contains(&"/var/lib/module".into()));
        assert!(folders(&module).contains(&env::temp_dir()));
    }
}
