//! From a page's request to a window that the person can see, and what the window takes of memory.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use e2e::{
    agent::{Agent, Options},
    client::Client,
    display::Display,
    process,
};

use crate::{
    Fixture,
    figure::{Figure, Times},
    sign_in::settle,
};

const ROUNDS: usize = 12;

pub(crate) fn measure(fixture: &Fixture<'_>) -> Result<Vec<Figure>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let folder = fixture.folder.join("desktop");
        std::fs::create_dir_all(&folder)?;
        let display = Display::start().await?;
        let options = Options {
            display: Some(&display),
            settings: "tray = false",
            ..Options::default()
        };
        let agent = Agent::start(&folder, &options).await?;
        let client = Client::new(&agent.authority, agent.port, true)?;
        let mut times = Times::default();
        let mut memory = 0.0_f64;
        for round in 0..=ROUNDS {
            // Each round is another site's: one that opens windows in vain has to wait.
            let site = format!("https://bench-{round}.example");
            let mut page = client.connect().await?.of(site);
            settle().await;
            let challenge = format!("{round:043}=");
            let start = Instant::now();
            let asking = tokio::spawn(async move { page.sign_in(&challenge).await.map(drop) });
            while display.windows("Chop").await?.is_empty() {
                ensure!(start.elapsed() < Duration::from_secs(20), "no window came");
            }
            // The first finds the fonts uncached.
            if round > 0 {
                times.push(start.elapsed());
            }
            // Drawn, and still: so it is while a person reads.
            settle().await;
            let prompts = process::children(agent.program.pid(), "prompt");
            let prompt = *prompts.first().context("the window has no process")?;
            memory = memory.max(process::memory(prompt)?);
            // The page goes away, and its window with it.
            asking.abort();
            display
                .wait_until_gone("Chop", Duration::from_secs(10))
                .await?;
        }
        Ok(vec![
            Figure::new(
                "request to visible window, p50",
                times.percentile(0.5),
                "ms",
            )
            .at_most(150.0)
            .note("seen from outside by xdotool, whose own time is in it; Xvfb and openbox"),
            Figure::new("the window's process (PSS), most", memory, "MB")
                .at_most(25.0)
                .note("while the window is open; the agent's program is shared with the agent"),
        ])
    })
}
