//! The table of all cases, in the test and in `table.md`.

use std::{fmt::Write as _, fs, path::Path};

use crate::{
    case::{Case, Opinion},
    judges::{self, Verdict},
};

/// What came of one case.
pub(crate) struct Row<'a> {
    case: &'a Case,
    ours: Verdict,
    openssl: Option<Verdict>,
    webpki: Option<Verdict>,
}

impl<'a> Row<'a> {
    pub(crate) fn of(case: &'a Case) -> Self {
        let ask = |opinion: &Opinion, judge: fn(&Case) -> Verdict| {
            (!matches!(opinion, Opinion::NotAsked(_))).then(|| judge(case))
        };
        Self {
            case,
            ours: judges::ours(case),
            openssl: ask(&case.openssl, judges::openssl),
            webpki: ask(&case.webpki, judges::webpki),
        }
    }

    /// What is not as the case says.
    pub(crate) fn complaint(&self) -> Option<String> {
        let case = self.case;
        let ours = self.ours.as_ref().err().map(String::as_str);
        if ours != case.expected {
            let (name, expected) = (case.name, case.expected);
            return Some(format!("{name}: expected {expected:?}, got {ours:?}"));
        }
        for (who, opinion, verdict) in [
            ("openssl", &case.openssl, &self.openssl),
            ("webpki", &case.webpki, &self.webpki),
        ] {
            let Some(verdict) = verdict else { continue };
            let agrees = verdict.is_ok() == self.ours.is_ok();
            if agrees != matches!(opinion, Opinion::Agrees) {
                let name = case.name;
                return Some(format!("{name}: {who} says {verdict:?}, ours {ours:?}"));
            }
        }
        None
    }

    fn line(&self) -> String {
        let other = |opinion: &Opinion, verdict: &Option<Verdict>| {
            let said = match verdict {
                None => "–".to_owned(),
                Some(Ok(())) => "accepts".to_owned(),
                Some(Err(_)) => "refuses".to_owned(),
            };
            match opinion {
                Opinion::Agrees => said,
                Opinion::Differs(why) => format!("**{said}**: {why}"),
                Opinion::NotAsked(why) => format!("{said} ({why})"),
            }
        };
        let case = self.case;
        format!(
            "| {} | {} | {} | {} | {} |",
            case.name,
            case.spec,
            case.expected
                .map_or("accepted".to_owned(), |fault| format!("`{fault}`")),
            other(&case.openssl, &self.openssl),
            other(&case.webpki, &self.webpki),
        )
    }
}

/// Compares with the file in the tree, or writes it.
pub(crate) fn check_file(rows: &[Row<'_>]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/table.md");
    let text = text(rows);
    if std::env::var_os("CHOP_WRITE_TABLE").is_some() {
        fs::write(&path, text).unwrap();
    } else {
        let written = fs::read_to_string(&path).unwrap_or_default();
        assert!(written == text, "{} is not what comes out", path.display());
    }
}

fn text(rows: &[Row<'_>]) -> String {
    let mut text = String::from(
        "Every case of `tests/suite`, by three verifiers over the same files; written by the test, which keeps it true.\n\
         What differs is in bold, with the reason. PKITS: NIST's suite; limbo: C2SP's x509-limbo; BR: the web's Baseline\n\
         Requirements; all sections without a document are RFC 5280's. openssl is 3.0 with `-x509_strict -partial_chain\n\
         -policy_check`, and for lists `-crl_check_all -extended_crl -use_deltas`; webpki is rustls-webpki 0.103 with ring.\n\n\
         | case | rule | chop-verifier | openssl | webpki |\n|---|---|---|---|---|\n",
    );
    for row in rows {
        writeln!(text, "{}", row.line()).unwrap();
    }
    let differ = |opinion: fn(&Case) -> &Opinion| {
        let differs = |row: &&Row<'_>| matches!(opinion(row.case), Opinion::Differs(_));
        rows.iter().filter(differs).count()
    };
    let (openssl, webpki) = (differ(|case| &case.openssl), differ(|case| &case.webpki));
    writeln!(
        text,
        "\n{} cases; openssl says otherwise in {openssl}, webpki in {webpki}.",
        rows.len()
    )
    .unwrap();
    text
}
