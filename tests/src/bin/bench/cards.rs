//! Cards: how soon one that is put in is ready, and what the agent does while one just lies there.

use std::{
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result};
use e2e::{
    agent::{Agent, Options},
    card::{self, Card, Slot},
    keyring::{messages, over, pin, signer, until},
    namespace::Namespace,
    pki::{Holder, KeyKind, Pki, Request},
    process,
    program::Program,
    stack::CardStack,
};
use pcsc::{PNP_NOTIFICATION, ReaderState, Scope, State};
use tokio::time::Instant;

use crate::{
    Fixture,
    figure::{Figure, Times},
};

const INSERTIONS: usize = 20;
/// Long enough to see what wakes up once in half a minute.
const WATCHED: Duration = Duration::from_secs(60);
const SOON: Duration = Duration::from_secs(15);

pub(crate) fn measure(_: &Fixture<'_>) -> Result<Vec<Figure>> {
    // Two readers and a pcscd of our own, which nobody else's cards disturb.
    let namespace = Namespace::enter()?;
    let pki = Pki::new(std::time::SystemTime::now())?;
    let company = Holder::company();
    let credential = pki.credential(&Request::of(&company), KeyKind::Rsa(2048))?;
    let card = Card::default().with(Slot::Authentication, &credential)?;
    let stack = CardStack::start(&namespace, [card])?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut figures = insertions(&stack).await?;
        figures.extend(costs(&stack).await?);
        figures.extend(idle(&namespace, &stack).await?);
        Ok(figures)
    })
}

/// From the moment at which PC/SC has the card to the moment at which a window could show who can
/// sign in; and the whole from the hand that puts it in.
async fn insertions(stack: &CardStack) -> Result<Vec<Figure>> {
    let keyring = over(stack.module()?);
    until(&keyring, SOON, |it| signer(it).is_some()).await?;
    let (mut whole, mut bare) = (Times::default(), Times::default());
    for round in 0..INSERTIONS {
        stack.remove()?;
        until(&keyring, SOON, |it| it.settled && it.tokens.is_empty()).await?;
        // Between two looks of pcscd's at its readers, at another moment each time.
        tokio::time::sleep(Duration::from_millis(37 * round as u64 % 400)).await;
        let seen = tokio::task::spawn_blocking(wait_for_card);
        let start = Instant::now();
        stack.reader().insert()?;
        until(&keyring, SOON, |it| signer(it).is_some()).await?;
        whole.push(start.elapsed());
        bare.push(seen.await??.saturating_duration_since(start.into_std()));
    }
    Ok(vec![
        Figure::new("card put in to ready, p50", whole.percentile(0.5), "ms")
            .beside(bare.percentile(0.5))
            .at_most(500.0)
            .note(
                "floor: until a bare PC/SC program sees the card; pcscd looks at virtual readers \
                 every 400 ms",
            ),
        Figure::new("card put in to ready, worst", whole.percentile(1.0), "ms")
            .beside(bare.percentile(1.0))
            .at_most(500.0),
    ])
}

/// Only waits for readers, as long as it lives: what PC/SC itself wakes a program for.
pub(crate) fn stand_by() -> Result<()> {
    let context = pcsc::Context::establish(Scope::User)?;
    let mut states: Vec<_> = context
        .list_readers_owned()?
        .into_iter()
        .map(|name| ReaderState::new(name, State::UNAWARE))
        .collect();
    states.push(ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE));
    loop {
        for state in &mut states {
            state.sync_current_state();
        }
        context.get_status_change(None, &mut states)?;
    }
}

/// When a program that does nothing but wait sees the card.
fn wait_for_card() -> Result<std::time::Instant> {
    let context = pcsc::Context::establish(Scope::User)?;
    let name = std::ffi::CString::new(e2e::stack::READERS[0])?;
    let mut states = [ReaderState::new(name, State::UNAWARE)];
    loop {
        context.get_status_change(SOON, &mut states)?;
        let [state] = &mut states;
        if state.event_state().contains(State::PRESENT) {
            return Ok(std::time::Instant::now());
        }
        state.sync_current_state();
    }
}

/// What a sign-in asks of a card that is in.
#[allow(clippy::cast_precision_loss)]
async fn costs(stack: &CardStack) -> Result<Vec<Figure>> {
    let keyring = over(stack.module()?);
    let inventory = until(&keyring, SOON, |it| signer(it).is_some()).await?;
    let key = signer(&inventory).context("no signer")?.key;
    let before = stack.reader().card().counts;
    keyring.look();
    let (pin, messages) = (pin(card::PIN), messages());
    keyring.sign_in(&key, &pin, &messages).await?;
    let after = stack.reader().card().counts;
    let count = |name, after: u64, before: u64, limit| {
        Figure::new(name, (after - before) as f64, "").at_most(limit)
    };
    Ok(vec![
        count(
            "sign-in: PINs to the card",
            after.verifies,
            before.verifies,
            1.0,
        ),
        count(
            "sign-in: signatures",
            after.private_ops,
            before.private_ops,
            1.0,
        ),
        count(
            "sign-in: certificates read",
            after.certificates,
            before.certificates,
            0.0,
        ),
    ])
}

/// The real agent and its worker, with two readers and a card that lies there.
#[allow(clippy::cast_precision_loss)]
async fn idle(namespace: &Namespace, stack: &CardStack) -> Result<Vec<Figure>> {
    let folder = namespace.folder();
    let options = Options {
        modules: vec![stack.module()?],
        settings: "tray = false",
        ..Options::default()
    };
    let agent = Agent::start(folder, &options).await?;
    let pid = agent.program.pid();
    let mut workers = Vec::new();
    let start = Instant::now();
    while workers.is_empty() && start.elapsed() < SOON {
        tokio::time::sleep(Duration::from_millis(50)).await;
        workers = process::children(pid, "worker");
    }
    anyhow::ensure!(!workers.is_empty(), "no module was loaded");
    let mut bystander = Command::new(std::env::current_exe()?);
    bystander.arg("--bystander").stdin(Stdio::null());
    let bystander = Program::start(bystander, &folder.join("bystander.log"))?;
    // What begins with the card has to end.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let count = |pids: &[u32]| {
        pids.iter()
            .map(|pid| process::wake_ups(*pid))
            .sum::<Result<u64>>()
    };
    let (agents, theirs, bare) = (count(&[pid])?, count(&workers)?, count(&[bystander.pid()])?);
    tokio::time::sleep(WATCHED).await;
    let minute = WATCHED.as_secs_f64() / 60.0;
    let rate = |after: u64, before: u64| (after - before) as f64 / minute;
    let bare = rate(count(&[bystander.pid()])?, bare);
    Ok(vec![
        Figure::new(
            "wake-ups with two readers and a card, agent",
            rate(count(&[pid])?, agents),
            "/min",
        )
        .beside(bare)
        .at_most(bare)
        .note("floor: a program that only waits in SCardGetStatusChange; counted in /proc"),
        Figure::new(
            "wake-ups with two readers and a card, worker",
            rate(count(&workers)?, theirs),
            "/min",
        )
        .at_most(0.0),
    ])
}
