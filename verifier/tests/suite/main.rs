//! Path validation, rule by rule, by three verifiers over the same files.
//!
//! The cases follow RFC 5280 §6 and the classes of the two public suites, NIST's PKITS and C2SP's
//! x509-limbo, as far as their features are in scope; certificates, lists and expectations are our
//! own. Each case goes through this crate, openssl and rustls-webpki. Where one of those two says
//! otherwise, the case says why; `table.md` has it all, and the test keeps it true.
//!
//! To write the table anew: `CHOP_WRITE_TABLE=1 cargo test -p chop-verifier --test suite`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails; clippy knows helpers outside `#[test]` not as tests"
)]

mod case;
mod judges;
mod kit;
mod table;

mod basics;
mod building;
mod chaining;
mod constraints;
mod critical;
mod lists;
mod mail;
mod mapping;
mod policies;
mod self_issued;
mod usage;
mod web;

use case::Case;

fn cases() -> Vec<Case> {
    [
        basics::cases(),
        chaining::cases(),
        critical::cases(),
        usage::cases(),
        self_issued::cases(),
        building::cases(),
        policies::cases(),
        mapping::cases(),
        constraints::cases(),
        lists::cases(),
        web::cases(),
        mail::cases(),
    ]
    .concat()
}

#[test]
fn every_case_comes_out_as_expected_and_every_difference_is_explained() {
    let cases = cases();
    let rows: Vec<_> = cases.iter().map(table::Row::of).collect();
    let wrong: Vec<_> = rows.iter().filter_map(table::Row::complaint).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    table::check_file(&rows);
}

#[test]
fn no_two_cases_have_the_same_name() {
    let mut names: Vec<_> = cases().iter().map(|case| case.name).collect();
    names.sort_unstable();
    let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
    assert_eq!(twice, None);
}
