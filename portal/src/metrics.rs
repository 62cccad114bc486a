//! Figures for a monitoring system, in the text form of Prometheus.
//!
//! What is counted is counted since the program started, on this node; what is in the database is
//! the same on all of them. None of it names anybody.

use std::{
    fmt::Write as _,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// Upper bounds of the classes that durations are put into, in seconds.
const CLASSES: [f64; 8] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// What this node has counted.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    challenges: AtomicU64,
    outcomes: Mutex<Vec<(&'static str, u64)>>,
    answers: Mutex<Vec<(u16, u64)>>,
    durations: Mutex<Durations>,
}

#[derive(Debug, Default)]
struct Durations {
    classes: [u64; CLASSES.len()],
    count: u64,
    sum: f64,
}

/// What the database says, at the moment it is asked.
#[derive(Debug, Default)]
pub(crate) struct Stock {
    /// Kind, state and number of accounts.
    pub(crate) accounts: Vec<(String, String, i64)>,
    pub(crate) letters_waiting: i64,
    pub(crate) letters_failed: i64,
    pub(crate) card_requests: i64,
    /// Of revoked cards, on this node.
    pub(crate) lists_missing: usize,
    pub(crate) lists_late: usize,
}

impl Metrics {
    /// A challenge was issued.
    pub(crate) fn challenged(&self) {
        self.challenges.fetch_add(1, Ordering::Relaxed);
    }

    /// A card login came to an end: where it leads, or a code.
    pub(crate) fn signed_in(&self, outcome: &'static str) {
        count(&self.outcomes, outcome);
    }

    /// A request was answered.
    pub(crate) fn answered(&self, status: u16, time: Duration) {
        count(&self.answers, status);
        let seconds = time.as_secs_f64();
        let mut durations = self
            .durations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        durations.count += 1;
        durations.sum += seconds;
        for (class, bound) in durations.classes.iter_mut().zip(CLASSES) {
            *class += u64::from(seconds <= bound);
        }
    }

    /// All of it.
    ///
    /// Spec: Prometheus text exposition format 0.0.4.
    pub(crate) fn text(&self, stock: &Stock) -> String {
        let mut page = Page::default();
        page.head(
            "portal_challenges_total",
            "counter",
            "Login challenges issued",
        );
        page.line(
            "portal_challenges_total",
            self.challenges.load(Ordering::Relaxed),
        );
        page.head(
            "portal_card_logins_total",
            "counter",
            "Card logins by outcome",
        );
        for (outcome, number) in copy(&self.outcomes) {
            page.line(
                &format!("portal_card_logins_total{{outcome=\"{outcome}\"}}"),
                number,
            );
        }
        page.head("portal_requests_total", "counter", "Requests by status");
        for (status, number) in copy(&self.answers) {
            page.line(
                &format!("portal_requests_total{{status=\"{status}\"}}"),
                number,
            );
        }
        page.head("portal_request_seconds", "histogram", "Time to the answer");
        {
            let durations = self
                .durations
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            for (class, bound) in durations.classes.iter().zip(CLASSES) {
                page.line(
                    &format!("portal_request_seconds_bucket{{le=\"{bound}\"}}"),
                    class,
                );
            }
            page.line(
                "portal_request_seconds_bucket{le=\"+Inf\"}",
                durations.count,
            );
            page.line("portal_request_seconds_sum", durations.sum);
            page.line("portal_request_seconds_count", durations.count);
        }
        page.head("portal_accounts", "gauge", "Accounts by kind and state");
        for (kind, state, number) in &stock.accounts {
            let labels = format!("kind=\"{kind}\",state=\"{state}\"");
            page.line(&format!("portal_accounts{{{labels}}}"), number);
        }
        page.head(
            "portal_letters",
            "gauge",
            "Letters that are not sent, by state",
        );
        page.line("portal_letters{state=\"waiting\"}", stock.letters_waiting);
        page.line("portal_letters{state=\"failed\"}", stock.letters_failed);
        page.head(
            "portal_card_requests",
            "gauge",
            "Cards that an operator has to look at",
        );
        page.line("portal_card_requests", stock.card_requests);
        page.head(
            "portal_lists",
            "gauge",
            "Lists of revoked cards that cannot be used, by what is wrong",
        );
        page.line("portal_lists{fault=\"missing\"}", stock.lists_missing);
        page.line("portal_lists{fault=\"late\"}", stock.lists_late);
        page.0
    }
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, value: impl std::fmt::Display) {
        let _ = writeln!(self.0, "{name} {value}");
    }
}

fn count<K: Copy + PartialEq>(counts: &Mutex<Vec<(K, u64)>>, key: K) {
    let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
    match counts.iter_mut().find(|(name, _)| *name == key) {
        Some((_, number)) => *number += 1,
        None => counts.push((key, 1)),
    }
}

fn copy<K: Copy>(counts: &Mutex<Vec<(K, u64)>>) -> Vec<(K, u64)> {
    counts
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_written_as_prometheus_reads_it() {
        let metrics = Metrics::default();
        metrics.challenged();
        metrics.signed_in("account");
        metrics.signed_in("account");
        metrics.answered(200, Duration::from_millis(7));
        let stock = Stock {
            accounts: vec![("company".to_owned(), "active".to_owned(), 3)],
            ..Stock::default()
        };

        let text = metrics.text(&stock);

        for line in [
            "# TYPE portal_challenges_total counter",
            "portal_challenges_total 1",
            r#"portal_card_logins_total{outcome="account"} 2"#,
            r#"portal_requests_total{status="200"} 1"#,
            r#"portal_request_seconds_bucket{le="0.005"} 0"#,
            r#"portal_request_seconds_bucket{le="0.01"} 1"#,
            r#"portal_request_seconds_bucket{le="+Inf"} 1"#,
            "portal_request_seconds_sum 0.007",
            r#"portal_accounts{kind="company",state="active"} 3"#,
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
