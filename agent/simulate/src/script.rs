//! What a scripted person says.

use std::{
    collections::VecDeque,
    fmt,
    str::FromStr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// What a scripted person does in one window.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Answer {
    /// Lets the site in, takes the first card and enters its PIN.
    Allow,
    /// Closes the window.
    Refuse,
    /// Enters a wrong PIN, and closes the window.
    WrongPin,
    /// Lets the time run out, which is over at once.
    TimeOut,
    /// Does nothing until the page gives up, or the time is really over.
    Wait,
}

const ALL: [(Answer, &str); 5] = [
    (Answer::Allow, "allow"),
    (Answer::Refuse, "refuse"),
    (Answer::WrongPin, "wrong-pin"),
    (Answer::TimeOut, "time-out"),
    (Answer::Wait, "wait"),
];

/// It is no answer.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0:?} is no answer; there are allow, refuse, wrong-pin, time-out and wait")]
pub struct UnknownAnswer(String);

impl FromStr for Answer {
    type Err = UnknownAnswer;

    fn from_str(text: &str) -> Result<Self, UnknownAnswer> {
        let found = ALL.iter().find(|(_, name)| *name == text);
        found
            .map(|(answer, _)| *answer)
            .ok_or_else(|| UnknownAnswer(text.to_owned()))
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = ALL.iter().find(|(answer, _)| answer == self);
        f.write_str(name.map_or("", |(_, name)| name))
    }
}

/// The answers to the windows that open, one each; the last one stays. Clones are the same script.
#[derive(Clone, Debug)]
pub struct Script(Arc<Mutex<VecDeque<Answer>>>);

impl Script {
    /// These answers, in this order; an empty script refuses.
    #[must_use]
    pub fn of(answers: &[Answer]) -> Self {
        Self(Arc::new(Mutex::new(answers.iter().copied().collect())))
    }

    /// From now on these.
    pub fn set(&self, answers: &[Answer]) {
        *self.lock() = answers.iter().copied().collect();
    }

    /// For the window that opens now.
    pub(crate) fn next(&self) -> Answer {
        let mut answers = self.lock();
        match answers.len() {
            0 | 1 => answers.front().copied(),
            _ => answers.pop_front(),
        }
        .unwrap_or(Answer::Refuse)
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Answer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_window_has_its_answer_and_the_last_one_stays() {
        let script = Script::of(&[Answer::Refuse, Answer::Allow]);
        let said = [(); 3].map(|()| script.next());
        assert_eq!(said, [Answer::Refuse, Answer::Allow, Answer::Allow]);
        script.set(&[Answer::Wait]);
        assert_eq!(script.next(), Answer::Wait);
        assert_eq!(Script::of(&[]).next(), Answer::Refuse);
    }

    #[test]
    fn an_answer_is_read_as_it_is_written() {
        for (answer, name) in ALL {
            assert_eq!(name.parse(), Ok(answer));
            assert_eq!(answer.to_string(), name);
        }
        assert!("yes".parse::<Answer>().is_err());
    }
}
