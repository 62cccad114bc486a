//! What docs/portal.md tells operators to do, done: backup and restore of both databases, the
//! commands, the systemd unit.

use std::fs;
use std::path::Path;
use std::process::Command;

use e2e::agent::built;
use e2e::authority::Authority;
use e2e::namespace::Namespace;
use e2e::pki::{Holder, Pki};
use e2e::portal_node::{NodeSettings, PortalNode};
use e2e::portal_stage::{Kind, Stage};

use crate::browser_scene::in_namespace;

async fn stage(namespace: &Namespace, kind: Kind) -> Stage {
    let authority = Authority::new("Chop test web").unwrap();
    let folder = namespace.folder();
    Stage::start(folder, kind, &authority, Pki::shared(), &[], &[])
        .await
        .unwrap()
}

/// Runs a command of the portal's program; what it printed.
fn portal(node: &PortalNode, arguments: &[&str]) -> String {
    let output = node.command(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// An account for a company; its number.
fn add(node: &PortalNode, holder: &Holder, state: &str) -> String {
    let who = [
        "account",
        "add",
        "--kind",
        "company",
        "--subject",
        &holder.number,
    ];
    let about = [
        "--name",
        &holder.name,
        "--mail",
        "office@company.example",
        "--state",
        state,
    ];
    let number = portal(node, &[&who[..], &about].concat());
    number.trim().to_owned()
}

/// Another node of the same site, on another database.
fn restored(stage: &Stage, folder: &Path, database: String) -> PortalNode {
    let settings = NodeSettings {
        database,
        listen: ([127, 0, 0, 1], 0).into(),
        tls: None,
        ..stage.settings.clone()
    };
    PortalNode::start(folder, "restored", &settings).unwrap()
}

#[test]
fn portal_guide_backs_sqlite_up_while_it_runs_and_gets_it_back() {
    in_namespace(async |namespace| {
        let stage = stage(namespace, Kind::Single).await;
        let node = &stage.nodes[0];
        let number = add(node, &Holder::company(), "active");
        let copy = namespace.folder().join("portal-copy.db");

        portal(node, &["backup", copy.to_str().unwrap()]);
        let later = add(node, &Holder::other_company(), "active");

        // Never over a file that is there.
        let again = node.command(&["backup", copy.to_str().unwrap()]).output();
        assert!(!again.unwrap().status.success());
        let database = format!("sqlite:{}", copy.display());
        let back = restored(&stage, namespace.folder(), database);
        let list = portal(&back, &["account", "list"]);
        assert!(list.contains(&number) && !list.contains(&later), "{list}");
    });
}

#[test]
fn portal_guide_backs_postgres_up_and_gets_it_back() {
    in_namespace(async |namespace| {
        let stage = stage(namespace, Kind::Cluster).await;
        let node = &stage.nodes[0];
        let number = add(node, &Holder::company(), "active");
        let server = stage.postgres.as_ref().unwrap();
        let dump = namespace.folder().join("portal.dump");

        let mut command = server.tool("pg_dump").unwrap();
        command.arg("--format=custom").arg("--file").arg(&dump);
        assert!(
            command
                .arg(server.url("portal"))
                .status()
                .unwrap()
                .success()
        );
        let later = add(node, &Holder::other_company(), "active");
        let url = server.create("portal_new").unwrap();
        let mut command = server.tool("pg_restore").unwrap();
        command
            .arg("--dbname")
            .arg(&url)
            .arg("--no-owner")
            .arg(&dump);
        assert!(command.status().unwrap().success());

        let back = restored(&stage, namespace.folder(), url);
        let list = portal(&back, &["account", "list"]);
        assert!(list.contains(&number) && !list.contains(&later), "{list}");
        // The audit log came with its guard.
        let change = server.sql("portal_new", "DELETE FROM audit");
        assert!(change.unwrap_err().to_string().contains("append-only"));
    });
}

#[test]
fn portal_guide_commands_do_what_they_say() {
    in_namespace(async |namespace| {
        let stage = stage(namespace, Kind::Single).await;
        let node = &stage.nodes[0];
        let number = add(node, &Holder::company(), "pending");
        assert!(portal(node, &["check"]).contains("測試工商憑證管理中心"));
        assert!(portal(node, &["account", "list", "1234"]).contains(&number));
        assert!(portal(node, &["account", "show", &number]).contains("office@company.example"));
        portal(node, &["account", "resend", &number]);
        let within = std::time::Duration::from_secs(20);
        let letter = stage.mail.letter("office@company.example", 0, within).await;
        assert!(letter.unwrap().text.contains(&number));
        assert!(portal(node, &["mail", "list"]).contains("activation"));
        portal(node, &["account", "disable", &number]);
        assert!(portal(node, &["account", "list"]).contains("disabled"));
        portal(node, &["account", "enable", &number]);
        assert!(portal(node, &["account", "list"]).contains("pending"));
        // Rows of the last minute are left for the next export.
        assert_eq!(portal(node, &["audit", "export"]), "");
        for wrong in [
            &["account", "show", "IC0"][..],
            &["account", "disable", "IC0"],
            &[
                "account",
                "add",
                "--kind",
                "company",
                "--subject",
                "1",
                "--name",
                "a",
                "--mail",
                "b",
            ],
            &["mail", "retry", "unknown"],
            &["audit", "certificate", "00"],
        ] {
            let output = node.command(wrong).output().unwrap();
            assert!(!output.status.success(), "{wrong:?}");
            assert!(!output.stderr.is_empty(), "{wrong:?}");
        }
    });
}

#[test]
fn portal_guide_unit_is_one_that_systemd_takes() {
    let folder = tempfile::tempdir().unwrap();
    let unit = include_str!("../../../portal/deploy/portal.service");
    let program = built("portal").display().to_string();
    let file = folder.path().join("portal.service");
    fs::write(&file, unit.replace("/usr/bin/portal", &program)).unwrap();

    let verify = Command::new("systemd-analyze")
        .arg("verify")
        .arg(&file)
        .output();
    let verify = verify.expect("systemd-analyze, of the package systemd");

    let said = String::from_utf8_lossy(&verify.stderr);
    assert!(
        verify.status.success() && !said.contains("portal.service"),
        "{said}"
    );
}
