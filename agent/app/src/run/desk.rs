//! The desk while the agent runs, and the line on which the person's own commands ask for it.

use chop_service::{Desk, DeskTimes, Limits};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    desk::Pages,
    line::{self, Question},
};

/// Answers on the line until the set is dropped. An agent without a line works all the same.
pub(super) fn open(pages: Pages, ending: CancellationToken) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    let (preferences, keyring) = (pages.preferences.clone(), pages.keyring.clone());
    let taken_back = pages.taken_back.clone();
    let path = pages.paths.line.clone();
    let desk = Desk::new(pages, DeskTimes::default(), Limits::default(), ending);
    let answer = move |question| {
        let (desk, preferences) = (desk.clone(), preferences.clone());
        let keyring = keyring.clone();
        let taken_back = taken_back.clone();
        async move {
            match question {
                Question::Link(page) => match desk.link(page.name()) {
                    Ok(link) => link,
                    Err(error) => {
                        tracing::warn!(%error, "the desk cannot be opened");
                        String::new()
                    }
                },
                Question::Reload => match preferences.reload() {
                    Ok(settings) => {
                        keyring.set_pkcs12(settings.pkcs12.value);
                        "reloaded".to_owned()
                    }
                    Err(error) => {
                        let error = &error as &dyn std::error::Error;
                        tracing::warn!(error, "the settings stay as they were");
                        String::new()
                    }
                },
                // The file of grants has it already; the tray shows it.
                Question::TakenBack => {
                    taken_back.send_replace(());
                    "shown".to_owned()
                }
            }
        }
    };
    match line::serve(&path, answer) {
        Ok(serving) => _ = tasks.spawn(serving),
        Err(error) => {
            tracing::warn!(%error, path = %path.display(), "chop settings cannot reach the agent");
        }
    }
    tasks
}
