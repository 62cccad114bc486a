//! The task that looks each day whether the machine's certificate is due: what a systemd timer is
//! on Linux. It runs `chop machine set-up` as the system, which changes nothing unless it must.
//!
//! Spec: Windows "Task Scheduler Schema"; `schtasks /create`.

use std::{
    fs,
    io::{self, Error},
    path::Path,
    process::{Command, Stdio},
};

/// Its name. Not in a folder of the scheduler: that would stay behind.
const NAME: &str = "Chop renewal";

/// Has the task run this program from now on. `folder` is one that administrators alone can write;
/// nothing stays in it.
///
/// # Errors
/// What the system's tool says, and those of the file that it reads.
pub(super) fn keep(program: &Path, folder: &Path) -> io::Result<()> {
    keep_as(NAME, program, folder)
}

/// Removes the task, if it is there.
pub(super) fn end() {
    // It may not be there, and the tool says so in the system's language alone.
    let _ = end_as(NAME);
}

fn keep_as(name: &str, program: &Path, folder: &Path) -> io::Result<()> {
    let file = folder.join("renewal.xml");
    let text = definition(&program.to_string_lossy());
    // The scheduler's own files begin with the mark of UTF-16, too.
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    fs::write(&file, units.flat_map(u16::to_le_bytes).collect::<Vec<_>>())?;
    let mut create = Command::new("schtasks");
    create.args(["/create", "/tn", name, "/f", "/xml"]);
    let created = run(create.arg(&file));
    fs::remove_file(&file)?;
    created
}

fn end_as(name: &str) -> io::Result<()> {
    run(Command::new("schtasks").args(["/delete", "/tn", name, "/f"]))
}

fn run(command: &mut Command) -> io::Result<()> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).trim().to_owned();
    Err(Error::other(format!("schtasks: {said}")))
}

fn definition(program: &str) -> String {
    let program = program.replace('&', "&amp;").replace('<', "&lt;");
    // S-1-5-18 is the system. A day on which the computer was off is made up for.
    format!(
        r#"<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>更新 Chop 的本機憑證 · Renews the localhost certificate of Chop when it is due</Description>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>2026-01-01T10:00:00</StartBoundary>
      <RandomDelay>PT2H</RandomDelay>
      <ScheduleByDay>
        <DaysInterval>1</DaysInterval>
      </ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>S-1-5-18</UserId>
      <RunLevel>HighestAvailable</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT1H</ExecutionTimeLimit>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{program}</Command>
      <Arguments>machine set-up</Arguments>
    </Exec>
  </Actions>
</Task>
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_odd_characters_is_one_word_of_the_definition() {
        let text = definition(r"C:\A & B\chop.exe");
        assert!(text.contains(r"<Command>C:\A &amp; B\chop.exe</Command>"));
    }

    #[test]
    fn the_scheduler_takes_the_definition_once_and_again_and_removes_it() {
        // Under a name of its own, should this machine have Chop.
        let name = format!("Chop test {}", std::process::id());
        let folder = tempfile::tempdir().unwrap();
        for program in [r"C:\Old\chop.exe", r"C:\New\chop.exe"] {
            keep_as(&name, Path::new(program), folder.path()).unwrap();
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        end_as(&name).unwrap();
        assert!(end_as(&name).is_err());
    }
}
