//! Programs of the user's own, bound to keys by `[[commands]]`, and the pages of other systems by `[links]`.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::config::{CommandRule, Config, Extras};
use crate::error::{Error, Result};
use crate::job::Job;
use crate::ui::bindings::Bindings;
use crate::ui::command::Context;
use crate::ui::key::Key;

/// How often a program is looked at.
const TICK: Duration = Duration::from_millis(30);
/// Bytes of its output that are shown.
const SHOWN: u64 = 1200;

/// A program bound to a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnProgram {
    /// What it is called.
    pub name: String,
    /// Its key, on every pane and page that takes no text.
    pub key: Key,
    /// The program and its arguments, in which `{user_id}` and `{file}` stand for the user and the rows in sight.
    run: Vec<String>,
}

impl OwnProgram {
    /// The programs of the user's own settings, then those of the machine's. A workspace's are not read: whoever shares it
    /// would run them.
    ///
    /// # Errors
    /// [`Error::Config`] for a key that is no key, is text, or means something already.
    pub fn all(bindings: &Bindings) -> Result<Vec<Self>> {
        let mut all: Vec<Self> = Vec::new();
        for file in Config::default_file().into_iter().chain(Config::machine_file()) {
            for rule in Extras::read(&file)?.commands {
                let wrong =
                    |what: String| Error::Config(format!("{}: [[commands]] {}: {what}", file.display(), rule.name));
                let program = Self::of(&rule, bindings).map_err(wrong)?;
                if let Some(other) = all.iter().find(|other| other.key == program.key) {
                    return Err(wrong(format!("{} runs {} already", program.key, other.name)));
                }
                all.push(program);
            }
        }
        Ok(all)
    }

    /// The program of a rule, or what is wrong with it.
    pub fn of(rule: &CommandRule, bindings: &Bindings) -> std::result::Result<Self, String> {
        let key = rule.key.parse::<Key>().map_err(|error| error.to_string())?;
        let key = key.as_reported();
        if rule.run.first().is_none_or(String::is_empty) {
            return Err("run names no program".to_owned());
        }
        let mut taken = Context::ALL.into_iter().filter(|context| !context.takes_text());
        if let Some(command) = taken.find_map(|context| bindings.lookup(context, key)) {
            let id = crate::ui::command::entry(command).map_or("something else", |entry| entry.id);
            return Err(format!("{key} is bound to {id}"));
        }
        Ok(Self { name: rule.name.clone(), key, run: rule.run.clone() })
    }

    /// Whether an argument holds a placeholder, such as `{file}`.
    pub fn wants(&self, placeholder: &str) -> bool {
        self.run.iter().any(|word| word.contains(placeholder))
    }

    /// Runs it and waits for its end; what it prints goes to a file in `folder`. Gives how it ended and the first lines.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be started; [`Error::Cancelled`], when it has been ended.
    pub fn run(&self, user: &str, file: &Path, folder: &Path, job: &Job) -> Result<String> {
        let file = file.display().to_string();
        let mut words = self.run.iter().map(|word| word.replace("{user_id}", user).replace("{file}", &file));
        let program = words.next().unwrap_or_default();
        let printed = folder.join("printed");
        let out = File::create(&printed).map_err(Error::io(&printed))?;
        let errors = out.try_clone().map_err(Error::io(&printed))?;
        let mut child = Command::new(&program)
            .args(words)
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(errors)
            .spawn()
            .map_err(Error::io(&program))?;
        let status = loop {
            if let Some(status) = child.try_wait().map_err(Error::io(&program))? {
                break status;
            }
            if job.is_cancelled() {
                child.kill().and_then(|()| child.wait()).map_err(Error::io(&program))?;
                return Err(Error::Cancelled);
            }
            sleep(TICK);
        };
        let mut text = Vec::new();
        let written = File::open(&printed).map_err(Error::io(&printed))?;
        written.take(SHOWN + 1).read_to_end(&mut text).map_err(Error::io(&printed))?;
        let cut = if text.len() as u64 > SHOWN { "\n…" } else { "" };
        text.truncate(SHOWN as usize);
        let ended = match status.code() {
            Some(0) => "done".to_owned(),
            Some(code) => format!("ended with code {code}"),
            None => status.to_string(),
        };
        Ok(format!("{ended}\n{}{cut}", String::from_utf8_lossy(&text).trim_end()))
    }
}

/// The address of a user's page elsewhere: letters of the id that an address cannot hold are percent-encoded.
pub fn link(pattern: &str, user: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let id = user.bytes().fold(String::new(), |mut id, byte| {
        if plain(byte) {
            id.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(id, "%{byte:02X}");
        }
        id
    });
    pattern.replace("{user_id}", &id)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn rule(key: &str, run: &[&str]) -> CommandRule {
        CommandRule {
            name: "crm".to_owned(),
            key: key.to_owned(),
            run: run.iter().map(|word| (*word).to_owned()).collect(),
        }
    }

    #[test]
    fn arguments_are_words_and_no_shell() {
        let program = OwnProgram::of(
            &rule("F5", &["printf", "%s|", "{user_id}", "a b; exit 3", "{file}"]),
            &Bindings::built_in(),
        );
        let folder = tempfile::tempdir().unwrap();
        let told = program.unwrap().run("x'y $HOME", Path::new("/tmp/rows.csv"), folder.path(), &Job::new()).unwrap();
        assert_eq!(told, "done\nx'y $HOME|a b; exit 3|/tmp/rows.csv|");
    }

    #[test]
    fn a_failing_program_tells_its_code_and_a_cancelled_one_ends() {
        let of = |run: &[&str]| OwnProgram::of(&rule("F5", run), &Bindings::built_in()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let run = |program: &OwnProgram, job: &Job| program.run("1", Path::new(""), folder.path(), job);
        assert_eq!(run(&of(&["sh", "-c", "echo no >&2; exit 7"]), &Job::new()).unwrap(), "ended with code 7\nno");
        let job = Job::new();
        job.cancel();
        assert!(matches!(run(&of(&["sleep", "60"]), &job), Err(Error::Cancelled)));
        assert!(run(&of(&["/no/such/program"]), &Job::new()).unwrap_err().to_string().contains("/no/such/program"));
    }

    #[test]
    fn keys_that_mean_something_are_refused() {
        let wrong = |key: &str, run: &[&str]| OwnProgram::of(&rule(key, run), &Bindings::built_in()).unwrap_err();
        assert_eq!(wrong("f", &["true"]), "f is bound to filter");
        assert_eq!(wrong("F5", &[]), "run names no program");
        assert!(wrong("nokey", &["true"]).contains("nokey"));
    }

    #[test]
    fn an_id_stands_in_an_address_as_it_must() {
        assert_eq!(
            link("https://crm.example/u/{user_id}?tab=1", "a b/ü"),
            "https://crm.example/u/a%20b%2F%C3%BC?tab=1"
        );
    }
}
