//! What goes wrong, and what may come of it.

use std::time::Duration;

use anyhow::Result;
use tokio::time::sleep;

use super::scene::Scene;

/// What goes wrong with one sign-in.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Mishap {
    /// Nothing.
    Nothing,
    /// The card is out when the site asks, and comes while the window waits.
    CardComesLate,
    /// The card is pulled while it signs.
    CardPulled,
    /// The module's process is killed before.
    ModuleKilled,
    /// It is killed while the card signs.
    ModuleKilledDuring,
    /// pcscd is not there when the site asks, and comes while the window waits.
    ServiceComesLate,
    /// pcscd ends while the card signs.
    ServiceEnds,
}

impl Mishap {
    const ALL: [Self; 6] = [
        Self::CardComesLate,
        Self::CardPulled,
        Self::ModuleKilled,
        Self::ModuleKilledDuring,
        Self::ServiceComesLate,
        Self::ServiceEnds,
    ];

    /// Each once at the beginning, then at random: seven of ten times nothing.
    pub(crate) fn of_round(round: u32, random: &mut Random) -> Self {
        if let Some(first) = Self::ALL.get(round as usize) {
            return *first;
        }
        let all = Self::ALL.get(random.below(20));
        all.copied().unwrap_or(Self::Nothing)
    }

    /// Has it happen to a sign-in; how that ended: `signed`, or the code that the page got.
    pub(crate) async fn happens(self, scene: &mut Scene, round: u32) -> Result<String> {
        match self {
            Self::Nothing => scene.sign_in(round).await,
            Self::ModuleKilled => {
                scene.kill_workers();
                scene.sign_in(round).await
            }
            Self::CardComesLate => {
                scene.stack.remove()?;
                let late = scene.begin_to_sign_in(round);
                sleep(LATE).await;
                scene.stack.reader().insert()?;
                late.await?
            }
            Self::ServiceComesLate => {
                scene.stack.stop_service();
                let late = scene.begin_to_sign_in(round);
                sleep(LATE).await;
                tokio::task::block_in_place(|| scene.stack.start_service())?;
                late.await?
            }
            Self::CardPulled => {
                let signing = scene.begin_to_sign(round).await?;
                scene.stack.reader().remove();
                let outcome = signing.await??;
                scene.stack.reader().card().delay = Duration::ZERO;
                tokio::task::block_in_place(|| {
                    scene.stack.wait_until_removed()?;
                    scene.stack.insert()
                })?;
                Ok(outcome)
            }
            Self::ModuleKilledDuring => {
                let signing = scene.begin_to_sign(round).await?;
                scene.kill_workers();
                let outcome = signing.await??;
                scene.stack.reader().card().delay = Duration::ZERO;
                Ok(outcome)
            }
            Self::ServiceEnds => {
                let signing = scene.begin_to_sign(round).await?;
                tokio::task::block_in_place(|| scene.stack.stop_service());
                let outcome = signing.await??;
                scene.stack.reader().card().delay = Duration::ZERO;
                tokio::task::block_in_place(|| scene.stack.start_service())?;
                Ok(outcome)
            }
        }
    }

    /// Whether it may end so.
    pub(crate) fn allows(self, outcome: &str) -> bool {
        match self {
            Self::Nothing | Self::CardComesLate | Self::ModuleKilled | Self::ServiceComesLate => {
                outcome == "signed"
            }
            Self::CardPulled => outcome == "card_removed",
            Self::ModuleKilledDuring => outcome == "card_fault",
            // Without PC/SC nobody can tell whether the card is still there.
            Self::ServiceEnds => outcome == "card_removed" || outcome == "card_fault",
        }
    }
}

const LATE: Duration = Duration::from_millis(200);

/// Numbers that are the same for the same seed (xorshift64*).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        // Zero would stay zero.
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).unwrap_or(0) % bound
    }
}
