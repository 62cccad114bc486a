//! The pair's file.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    thread,
};

use chop_certs::{Error, Lifetime, LocalhostPair, store};

use crate::day;

const MADE: u64 = 20_000;

fn saved() -> (tempfile::TempDir, LocalhostPair) {
    let folder = tempfile::tempdir().unwrap();
    let pair = LocalhostPair::generate(day(MADE), Lifetime::PerPerson).unwrap();
    store::save(folder.path(), &pair).unwrap();
    (folder, pair)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn rewrite(folder: &Path, change: impl FnOnce(String) -> String) {
    let path = store::place(folder);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, change(text)).unwrap();
}

/// The three PEM blocks of the file: leaf, authority, key.
fn blocks(folder: &Path) -> Vec<String> {
    let text = fs::read_to_string(store::place(folder)).unwrap();
    let blocks: Vec<_> =
        text.split_inclusive('\n')
            .fold(vec![String::new()], |mut blocks, line| {
                blocks.last_mut().unwrap().push_str(line);
                if line.starts_with("-----END") {
                    blocks.push(String::new());
                }
                blocks
            });
    blocks
        .into_iter()
        .filter(|block| !block.is_empty())
        .collect()
}

#[test]
fn what_is_saved_is_loaded() {
    let (folder, pair) = saved();
    let loaded = store::load(folder.path(), day(MADE)).unwrap();
    assert_eq!(loaded.authority(), pair.authority());
    assert_eq!(loaded.leaf(), pair.leaf());
    assert_eq!(loaded.key().secret_der(), pair.key().secret_der());
    assert_eq!(loaded.name(), pair.name());
    assert_eq!(loaded.not_after(), pair.not_after());
}

#[test]
fn only_the_owner_can_read_file_and_folder() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("data/localhost");
    store::load_or_create(&folder, day(MADE), Lifetime::PerPerson).unwrap();
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&store::place(&folder)), 0o600);
}

#[test]
fn a_folder_that_is_open_to_others_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    store::load_or_create(folder.path(), day(MADE), Lifetime::PerPerson).unwrap();
    assert_eq!(mode(folder.path()), 0o700);
}

#[test]
fn a_file_that_others_could_read_is_refused() {
    let (folder, _) = saved();
    fs::set_permissions(store::place(folder.path()), Permissions::from_mode(0o640)).unwrap();
    let loaded = store::load(folder.path(), day(MADE));
    assert!(
        matches!(&loaded, Err(Error::Exposed { how, .. }) if how == "mode 0640"),
        "{loaded:?}"
    );
}

#[test]
fn no_file_is_said_to_be_missing() {
    let folder = tempfile::tempdir().unwrap();
    let loaded = store::load(folder.path(), day(MADE));
    assert!(matches!(loaded, Err(Error::Missing { .. })), "{loaded:?}");
}

#[test]
fn a_torn_file_is_damaged_wherever_it_is_torn() {
    let (folder, _) = saved();
    let whole = fs::read_to_string(store::place(folder.path())).unwrap();
    for length in (0..whole.len() - 1).step_by(37) {
        rewrite(folder.path(), |_| whole[..length].to_owned());
        let loaded = store::load(folder.path(), day(MADE));
        assert!(
            matches!(loaded, Err(Error::Damaged { .. })),
            "{length}: {loaded:?}"
        );
    }
}

#[test]
fn no_single_changed_character_goes_unnoticed() {
    let (folder, pair) = saved();
    let whole = fs::read(store::place(folder.path())).unwrap();
    for index in (0..whole.len()).step_by(3) {
        let mut changed = whole.clone();
        changed[index] ^= 1;
        fs::write(store::place(folder.path()), changed).unwrap();
        // Line ends and padding carry nothing; what is loaded all the same must be the pair.
        if let Ok(loaded) = store::load(folder.path(), day(MADE)) {
            assert_eq!(loaded.authority(), pair.authority(), "{index}");
            assert_eq!(loaded.leaf(), pair.leaf(), "{index}");
            assert_eq!(
                loaded.key().secret_der(),
                pair.key().secret_der(),
                "{index}"
            );
        }
    }
}

#[test]
fn a_key_of_another_pair_is_refused() {
    let ((one, _), (two, _)) = (saved(), saved());
    let key = blocks(two.path()).remove(2);
    let own = blocks(one.path());
    rewrite(one.path(), |_| [own[0].as_str(), &own[1], &key].concat());
    let loaded = store::load(one.path(), day(MADE));
    assert!(matches!(loaded, Err(Error::KeyMismatch)), "{loaded:?}");
}

#[test]
fn an_authority_of_another_pair_is_refused() {
    let ((one, _), (two, _)) = (saved(), saved());
    let authority = blocks(two.path()).remove(1);
    let own = blocks(one.path());
    rewrite(one.path(), |_| {
        [own[0].as_str(), &authority, &own[2]].concat()
    });
    let loaded = store::load(one.path(), day(MADE));
    assert!(matches!(loaded, Err(Error::Chain(_))), "{loaded:?}");
}

#[test]
fn a_leaf_in_the_authoritys_place_is_refused_as_unconfined() {
    let (folder, _) = saved();
    let own = blocks(folder.path());
    rewrite(folder.path(), |_| {
        [own[0].as_str(), &own[0], &own[2]].concat()
    });
    let loaded = store::load(folder.path(), day(MADE));
    assert!(matches!(loaded, Err(Error::Unconfined)), "{loaded:?}");
}

#[test]
fn a_fourth_block_is_refused() {
    let (folder, _) = saved();
    rewrite(folder.path(), |text| text.clone() + &text);
    let loaded = store::load(folder.path(), day(MADE));
    assert!(matches!(loaded, Err(Error::Damaged { .. })), "{loaded:?}");
}

#[test]
fn the_validity_is_checked_at_the_moment_given() {
    let (folder, pair) = saved();
    let early = store::load(folder.path(), day(MADE - 2));
    assert!(
        matches!(early, Err(Error::NotYetValid { not_before }) if not_before == pair.not_before())
    );
    let late = store::load(folder.path(), day(MADE + 825));
    assert!(matches!(late, Err(Error::Expired { not_after }) if not_after == pair.not_after()));
    assert!(store::load(folder.path(), pair.not_after()).is_ok());
}

#[test]
fn saving_again_replaces_the_pair_and_leaves_nothing_else() {
    let (folder, first) = saved();
    let second = LocalhostPair::generate(day(MADE), Lifetime::PerPerson).unwrap();
    store::save(folder.path(), &second).unwrap();
    let loaded = store::load(folder.path(), day(MADE)).unwrap();
    assert_eq!(loaded.name(), second.name());
    assert_ne!(loaded.name(), first.name());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn processes_that_start_at_once_have_the_same_pair() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("localhost");
    let names: Vec<_> = thread::scope(|scope| {
        let start = || {
            store::load_or_create(&folder, day(MADE), Lifetime::PerPerson)
                .unwrap()
                .name()
                .to_owned()
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(names.iter().all(|name| *name == names[0]), "{names:?}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}
