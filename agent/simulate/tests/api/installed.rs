//! What is installed has no RustCrypto RSA, whose flaw has no fix (RUSTSEC-2023-0071).

use std::process::Command;

#[test]
fn the_agent_is_built_without_the_rsa_of_tests() {
    let users_of = |name: &str| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["tree", "--offline", "--locked", "--package", "chop-agent"]);
        let output = cargo.args(["--edges", "normal", "--invert", name]).output();
        let output = output.unwrap();
        [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap())
    };
    assert!(users_of("chop-testpki")[0].contains("chop-agent"));
    let [users, complaint] = users_of("rsa");
    assert!(
        users.is_empty() && complaint.contains("`rsa` did not match"),
        "{users}{complaint}"
    );
}
