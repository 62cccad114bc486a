//! Does what docs/deployment.md says, line by line, as an administrator would: its own blocks are
//! what is run.

use std::fs;

use anyhow::{Context as _, Result, ensure};

use super::{
    check::{DESKTOP, log_in, wait},
    machine::Machine,
};
use crate::step;

/// Where the guide has the packages.
const FOLDERS: &str =
    "ln -s /mnt/packages /srv/packages; useradd --create-home --shell /bin/bash lin";

/// What Chrome is told.
const CHROME: &str = "/etc/opt/chrome/policies/managed/00-chop.json";

/// Another version with the same programs, and a manifest that somebody has signed for.
const RELEASE: &str = r#"
mkdir -p /srv/share && cd /srv/share
dpkg-deb -R /mnt/packages/$PACKAGE unpacked
sed -i 's/^Version: .*/Version: 9.0.0/' unpacked/DEBIAN/control
dpkg-deb -Znone -b unpacked chop_9.0.0_amd64.deb >/dev/null && rm -r unpacked
sum=$(sha256sum chop_9.0.0_amd64.deb | cut -d' ' -f1)
echo "{\"product\": \"chop\", \"version\": \"9.0.0\", \"expires\": \"2099-01-01T00:00:00Z\", \"packages\": [{\"file\": \"chop_9.0.0_amd64.deb\", \"sha256\": \"$sum\"}]}" > chop-update.json
for who in lin mei; do minisign -G -W -p ~/$who.pub -s ~/$who.key >/dev/null; done
"#;

pub(super) fn follow(machine: &Machine, deb: &str) -> Result<()> {
    eprintln!("\n==> line by line, as docs/deployment.md says");
    machine.sh(DESKTOP)?;
    machine.sh(FOLDERS)?;
    by_hand(machine)?;
    by_ansible(machine)?;
    updates(machine, deb)
}

fn by_hand(machine: &Machine) -> Result<()> {
    let install = block("## Debian and Ubuntu", "sh", 0)?;
    // Its last lines are the person's.
    let (install, doctor) = install.split_once("# 3.").context("a third step")?;
    machine.sh(&format!("cd /srv/packages; {install}"))?;
    machine.sh("systemd-run --quiet --unit=screen Xvfb :9")?;
    log_in(machine, "lin")?;
    wait("lin's agent runs", || {
        machine.sh("pgrep -u lin -x chop").is_ok()
    })?;
    for line in doctor.lines().filter(|line| line.starts_with("chop")) {
        let said = machine.output(&format!(
            "exec runuser -u lin -- env HOME=/home/lin DISPLAY=:9 XDG_RUNTIME_DIR=/run/user/$(id -u lin) {line}"
        ))?;
        let text = String::from_utf8_lossy(&said.stdout);
        ensure!(said.status.success(), "{line}: {}\n{text}", said.status);
        say(line, "exit code 0");
    }
    let removal = block("## Debian and Ubuntu", "sh", 1)?;
    machine.sh(&removal)?;
    machine.sh("! command -v chop; ! pgrep -x chop; rm -r /etc/chop")?;
    say("removal", "done");
    Ok(())
}

fn by_ansible(machine: &Machine) -> Result<()> {
    let play = block("## Ansible", "yaml", 0)?;
    let run = |play: &str| {
        let run = "ansible-playbook -i localhost, -c local ~/chop.yml";
        machine.sh(&format!("cat > ~/chop.yml <<'END'\n{play}END\n{run}"))
    };
    let first = run(&play)?;
    say("ansible-playbook", last(&first));
    wait("the gate runs", || {
        machine.sh("systemctl is-active chop-gate.service").is_ok()
    })?;
    machine.sh(&format!("grep -q https://portal.example {CHROME}"))?;
    let again = run(&play)?;
    say("again", last(&again));
    ensure!(
        again.contains("changed=0"),
        "it changes what is as it should be:\n{again}"
    );
    // Another site: what browsers are told follows.
    let other = run(&play.replace("portal.example", "other.example"))?;
    say("with another site", last(&other));
    machine.sh(&format!(
        "grep -q https://other.example {CHROME}; ! grep portal.example {CHROME}"
    ))?;
    Ok(())
}

fn updates(machine: &Machine, deb: &str) -> Result<()> {
    machine.sh(&RELEASE.replace("$PACKAGE", deb))?;
    let script = block("## Updates", "sh", 0)?;
    let update = |who: &str| {
        let script = script.replace("/mnt/packages", "/srv/share");
        let script = script.replace("RWQyPxq7…", &format!("$(tail -1 ~/{who}.pub)"));
        machine.output(&script)
    };
    let refused = |who: &str, cause: &str| -> Result<()> {
        let output = update(who)?;
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(
            !output.status.success() && error.contains(cause),
            "{output:?}"
        );
        say("update refused", last(&error));
        Ok(())
    };
    let sign = "minisign -S -s ~/lin.key -m /srv/share/chop-update.json >/dev/null";
    refused("lin", "not signed by")?;
    machine.sh(sign)?;
    refused("mei", "not signed by")?;
    machine
        .sh("cp /srv/share/chop_9.0.0_amd64.deb ~/; printf x >> /srv/share/chop_9.0.0_amd64.deb")?;
    refused("lin", "not what was signed for")?;
    machine.sh("mv ~/chop_9.0.0_amd64.deb /srv/share/")?;
    let output = update("lin")?;
    ensure!(output.status.success(), "{output:?}");
    let version = machine.sh("dpkg-query --show chop")?;
    ensure!(version.contains("9.0.0"), "{version}");
    machine.sh(
        "systemctl is-active chop-gate.service; test -f /var/lib/chop/updates/chop_9.0.0_amd64.deb",
    )?;
    say("update", version.trim());
    machine.sh("apt-get purge -y -q chop </dev/null; ! test -e /var/lib/chop")?;
    Ok(())
}

/// The `number`th block of this language after this heading of the guide.
pub(crate) fn block(heading: &str, language: &str, number: usize) -> Result<String> {
    let guide = fs::read_to_string(step::root().join("docs/deployment.md"))?;
    let (_, after) = guide
        .split_once(&format!("\n{heading}\n"))
        .with_context(|| format!("docs/deployment.md has no {heading:?}"))?;
    let after = after.split("\n## ").next().unwrap_or_default();
    let begin = format!("```{language}\n");
    let block = after.split(&begin).skip(1).nth(number);
    let block = block.and_then(|it| it.split("```").next());
    block
        .map(str::to_owned)
        .with_context(|| format!("{heading:?} has no block {number} of {language}"))
}

fn last(text: &str) -> &str {
    text.trim_end().lines().last().unwrap_or_default().trim()
}

pub(crate) fn say(what: &str, came_of_it: &str) {
    eprintln!("    {what}: {came_of_it}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_has_the_blocks_that_are_run_for_the_version_that_is_built() {
        let version = env!("CARGO_PKG_VERSION");
        for (heading, language, number, expected) in [
            (
                "## Debian and Ubuntu",
                "sh",
                0,
                format!("./chop_{version}_amd64.deb"),
            ),
            ("## Debian and Ubuntu", "sh", 1, "purge".to_owned()),
            ("## Ansible", "yaml", 0, format!("chop_{version}_amd64.deb")),
            ("## Updates", "sh", 0, "RWQyPxq7…".to_owned()),
        ] {
            assert!(
                block(heading, language, number)
                    .unwrap()
                    .contains(&expected)
            );
        }
        assert!(block("## Updates", "sh", 1).is_err());
    }
}
