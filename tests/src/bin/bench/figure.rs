//! A measured figure beside its floor and its target.

use serde::Serialize;

/// One line of the result.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Figure {
    /// What was measured.
    pub(crate) name: String,
    /// What came out, in [`Figure::unit`].
    pub(crate) value: f64,
    /// `ms`, `MB`, `1/s` …
    pub(crate) unit: &'static str,
    /// The floor or peer, measured in the same run, in the same unit.
    pub(crate) floor: Option<f64>,
    /// Value / floor.
    pub(crate) ratio: Option<f64>,
    /// What we want, in words: `≤ 0.25 ms`.
    pub(crate) target: Option<String>,
    /// Whether the target is met; computed, never written by hand.
    pub(crate) met: Option<bool>,
    /// What else a reader should know.
    pub(crate) note: Option<String>,
}

impl Figure {
    /// A figure without floor or target.
    pub(crate) fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self {
            name: name.into(),
            value,
            unit,
            floor: None,
            ratio: None,
            target: None,
            met: None,
            note: None,
        }
    }

    /// Beside a floor or peer of the same run.
    pub(crate) fn beside(mut self, floor: f64) -> Self {
        self.floor = Some(floor);
        self.ratio = (floor > 0.0).then(|| self.value / floor);
        self
    }

    /// With a limit on the value itself.
    pub(crate) fn at_most(mut self, limit: f64) -> Self {
        self.target = Some(format!("≤ {limit} {}", self.unit));
        self.met = Some(self.value <= limit);
        self
    }

    /// With a limit on the ratio to the floor.
    pub(crate) fn at_most_times(mut self, limit: f64) -> Self {
        self.target = Some(format!("≤ {limit} × floor"));
        self.met = self.ratio.map(|ratio| ratio <= limit);
        self
    }

    /// With a least value.
    pub(crate) fn at_least(mut self, limit: f64) -> Self {
        self.target = Some(format!("≥ {limit} {}", self.unit));
        self.met = Some(self.value >= limit);
        self
    }

    /// With a least ratio to the floor.
    pub(crate) fn at_least_times(mut self, limit: f64) -> Self {
        self.target = Some(format!("≥ {limit} × floor"));
        self.met = self.ratio.map(|ratio| ratio >= limit);
        self
    }

    /// With a remark.
    pub(crate) fn note(mut self, text: impl Into<String>) -> Self {
        self.note = Some(text.into());
        self
    }

    fn row(&self) -> [String; 6] {
        let number = |value: f64, unit: &str| match value.abs() {
            0.0 => format!("0 {unit}"),
            size if size < 10.0 => format!("{value:.3} {unit}"),
            size if size < 100.0 => format!("{value:.1} {unit}"),
            _ => format!("{value:.0} {unit}"),
        };
        [
            self.name.clone(),
            number(self.value, self.unit),
            self.floor
                .map(|floor| number(floor, self.unit))
                .unwrap_or_default(),
            self.ratio
                .map(|ratio| format!("{ratio:.2}"))
                .unwrap_or_default(),
            self.target.clone().unwrap_or_default(),
            match self.met {
                Some(true) => "met".to_owned(),
                Some(false) => "MISSED".to_owned(),
                None => String::new(),
            },
        ]
    }
}

/// Prints the figures as a table, remarks below it.
pub(crate) fn print_table(figures: &[Figure]) {
    let heading = ["figure", "value", "floor", "ratio", "target", ""].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(heading)
        .chain(figures.iter().map(Figure::row))
        .collect();
    let mut widths = [0; 6];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in &rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            let pad = " ".repeat(width - cell.chars().count());
            // Words to the left, numbers to the right.
            let aligned = if (1..4).contains(&column) {
                format!("{pad}{cell}")
            } else {
                format!("{cell}{pad}")
            };
            line.push_str(&aligned);
            line.push_str("  ");
        }
        println!("{}", line.trim_end());
    }
    for figure in figures {
        if let Some(note) = &figure.note {
            println!("  · {}: {note}", figure.name);
        }
    }
}

/// Times in milliseconds, to be asked for percentiles.
#[derive(Default)]
pub(crate) struct Times(Vec<f64>);

impl Times {
    /// Adds one.
    pub(crate) fn push(&mut self, time: std::time::Duration) {
        self.0.push(time.as_secs_f64() * 1000.0);
    }

    /// The value below which `share` (0 to 1) of the times lie.
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss
        )]
        let index = ((sorted.len().saturating_sub(1)) as f64 * share).round() as usize;
        sorted.get(index).copied().unwrap_or(f64::NAN)
    }
}
