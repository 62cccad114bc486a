//! Which sites were shown the reader that stands for all, so that their pages find it again.
//!
//! Pages read the readers' names from the image, before anybody has let them in, and look for the
//! chosen one among those that the popup tells after the person's yes.

use std::time::{Duration, Instant};

use chop_protocol::Origin;

/// How long a page may have kept the name.
const KEPT: Duration = Duration::from_secs(600);
/// How many sites are remembered; beyond, the one that looked longest ago is forgotten.
const MOST: usize = 64;

/// The sites, each with when it looked last.
#[derive(Debug, Default)]
pub(super) struct Shown(Vec<(Origin, Instant)>);

impl Shown {
    /// The site was shown the one name.
    pub(super) fn one_for_all(&mut self, site: &Origin, now: Instant) {
        self.the_true_ones(site);
        if self.0.len() >= MOST {
            self.0.remove(0);
        }
        self.0.push((site.clone(), now));
    }

    /// The site was shown the readers' own names.
    pub(super) fn the_true_ones(&mut self, site: &Origin) {
        self.0.retain(|(other, _)| other != site);
    }

    /// Whether the site knows the one name only.
    pub(super) fn knows_one(&self, site: &Origin, now: Instant) -> bool {
        let recent = |since: &Instant| now.duration_since(*since) < KEPT;
        let is = |(other, since): &(Origin, Instant)| other == site && recent(since);
        self.0.iter().any(is)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(name: &str) -> Origin {
        format!("https://{name}.example").parse().unwrap()
    }

    #[test]
    fn what_was_shown_last_counts_for_ten_minutes() {
        let (mut shown, start) = (Shown::default(), Instant::now());
        shown.one_for_all(&site("a"), start);
        assert!(shown.knows_one(&site("a"), start + Duration::from_secs(599)));
        assert!(!shown.knows_one(&site("a"), start + KEPT));
        assert!(!shown.knows_one(&site("b"), start));
        shown.the_true_ones(&site("a"));
        assert!(!shown.knows_one(&site("a"), start));
    }

    #[test]
    fn no_site_fills_the_memory() {
        let (mut shown, now) = (Shown::default(), Instant::now());
        for number in 0..=MOST {
            shown.one_for_all(&site(&format!("s{number}")), now);
            shown.one_for_all(&site("again"), now);
        }
        assert_eq!(shown.0.len(), MOST);
        assert!(!shown.knows_one(&site("s0"), now));
        assert!(shown.knows_one(&site("again"), now));
    }
}
