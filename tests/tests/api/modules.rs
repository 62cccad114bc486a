//! What of the matrix of modules and mishaps is quick. `cargo xtask modules` runs all of it.

use e2e::matrix::{Cell, Kind, run};

use crate::browser_scene::in_namespace;

fn each(kind: Kind, cells: &[Cell]) {
    for cell in cells {
        in_namespace(async |namespace| {
            let outcome = run(kind, *cell, namespace, None).await.unwrap();
            assert!(outcome.right, "{kind}, {cell}: {outcome:?}");
        });
    }
}

#[test]
fn modules_softhsm_signs_and_survives_mishaps() {
    each(Kind::SoftHsm, &[Cell::Sign, Cell::WrongPin, Cell::Broken]);
}

#[test]
fn modules_nss_signs_with_its_parameters_and_survives_mishaps() {
    each(Kind::Nss, &[Cell::Sign, Cell::WrongPin, Cell::Broken]);
}

#[test]
fn modules_p11_kit_signs_over_its_socket_and_survives_mishaps() {
    each(
        Kind::P11Kit,
        &[Cell::Sign, Cell::WrongPin, Cell::RemovedBefore],
    );
}

#[test]
fn modules_opensc_locks_and_is_not_fooled_by_another_card() {
    each(
        Kind::OpenSc,
        &[Cell::Locked, Cell::RemovedBefore, Cell::Swapped],
    );
}
