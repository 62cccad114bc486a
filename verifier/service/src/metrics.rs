//! Counters and times, in the form that Prometheus reads.
//!
//! Spec: Prometheus text exposition format 0.0.4.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

/// Upper ends of the histogram's buckets, in seconds.
const BUCKETS: [f64; 9] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1.0, 5.0];

/// Everything that is counted. Labels are paths and codes, which are few; never anything of a person.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    counted: Mutex<Counted>,
}

#[derive(Debug, Default)]
struct Counted {
    /// By path and code; `ok` is a code.
    requests: BTreeMap<(&'static str, &'static str), u64>,
    /// By path.
    times: BTreeMap<&'static str, Times>,
}

#[derive(Debug, Default)]
struct Times {
    buckets: [u64; BUCKETS.len()],
    sum: f64,
    count: u64,
}

/// What is known of the lists.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lists {
    pub(crate) count: usize,
    /// When the first of them is out of date.
    pub(crate) due: Option<SystemTime>,
}

impl Metrics {
    /// Counts a request.
    pub(crate) fn count(&self, path: &'static str, code: &'static str, took: Duration) {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        *counted.requests.entry((path, code)).or_default() += 1;
        let times = counted.times.entry(path).or_default();
        let seconds = took.as_secs_f64();
        for (bucket, end) in times.buckets.iter_mut().zip(BUCKETS) {
            *bucket += u64::from(seconds <= end);
        }
        times.sum += seconds;
        times.count += 1;
    }

    /// The text for a scrape.
    pub(crate) fn text(&self, lists: Lists) -> String {
        let mut text = String::new();
        // Writing into a String does not fail.
        let _ = self.write(&mut text, lists);
        text
    }

    fn write(&self, to: &mut String, lists: Lists) -> std::fmt::Result {
        let counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(
            to,
            "# HELP chop_verify_requests_total Requests by path and outcome."
        )?;
        writeln!(to, "# TYPE chop_verify_requests_total counter")?;
        for ((path, code), count) in &counted.requests {
            writeln!(
                to,
                "chop_verify_requests_total{{path=\"{path}\",code=\"{code}\"}} {count}"
            )?;
        }
        writeln!(
            to,
            "# HELP chop_verify_request_seconds Time from request to answer."
        )?;
        writeln!(to, "# TYPE chop_verify_request_seconds histogram")?;
        for (path, times) in &counted.times {
            for (count, end) in times.buckets.iter().zip(BUCKETS) {
                writeln!(
                    to,
                    "chop_verify_request_seconds_bucket{{path=\"{path}\",le=\"{end}\"}} {count}"
                )?;
            }
            let (count, sum) = (times.count, times.sum);
            writeln!(
                to,
                "chop_verify_request_seconds_bucket{{path=\"{path}\",le=\"+Inf\"}} {count}"
            )?;
            writeln!(
                to,
                "chop_verify_request_seconds_sum{{path=\"{path}\"}} {sum}"
            )?;
            writeln!(
                to,
                "chop_verify_request_seconds_count{{path=\"{path}\"}} {count}"
            )?;
        }
        writeln!(to, "# HELP chop_verify_lists Revocation lists in use.")?;
        writeln!(to, "# TYPE chop_verify_lists gauge")?;
        writeln!(to, "chop_verify_lists {}", lists.count)?;
        if let Some(due) = lists.due {
            let since = due
                .duration_since(SystemTime::UNIX_EPOCH)
                .unwrap_or_default();
            writeln!(
                to,
                "# HELP chop_verify_list_due_timestamp_seconds When the first list is out of date."
            )?;
            writeln!(to, "# TYPE chop_verify_list_due_timestamp_seconds gauge")?;
            writeln!(
                to,
                "chop_verify_list_due_timestamp_seconds {}",
                since.as_secs()
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_written() {
        let metrics = Metrics::default();
        metrics.count("/v1/sign-ins", "ok", Duration::from_millis(2));
        metrics.count("/v1/sign-ins", "expired", Duration::from_secs(9));
        let due = Some(SystemTime::UNIX_EPOCH + Duration::from_secs(7));
        let text = metrics.text(Lists { count: 2, due });
        for line in [
            "chop_verify_requests_total{path=\"/v1/sign-ins\",code=\"expired\"} 1",
            "chop_verify_request_seconds_bucket{path=\"/v1/sign-ins\",le=\"0.001\"} 0",
            "chop_verify_request_seconds_bucket{path=\"/v1/sign-ins\",le=\"0.0025\"} 1",
            "chop_verify_request_seconds_bucket{path=\"/v1/sign-ins\",le=\"+Inf\"} 2",
            "chop_verify_request_seconds_count{path=\"/v1/sign-ins\"} 2",
            "chop_verify_lists 2",
            "chop_verify_list_due_timestamp_seconds 7",
        ] {
            assert!(text.lines().any(|one| one == line), "{line}\n{text}");
        }
    }
}
