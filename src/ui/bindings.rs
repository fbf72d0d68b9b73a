//! The keys of every command: the table's own, with the analyst's `keys.toml` over them.
//!
//! A line `sort = ["s", "F7"]` replaces the keys of the command `sort`, an empty list leaves it to the palette. What
//! could not work is refused with its line: a key that means two things in one place, a letter where letters are text,
//! no way to quit.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use toml::de::DeValue;

use crate::config::{Config, Source, in_order};
use crate::error::Result;
use crate::nearest::nearest;
use crate::ui::command::{self, COMMANDS, Command, Context, Dialog, Entry, Neighbour, Program, Step, Table};
use crate::ui::key::Key;

/// Without a key for these, somebody would be locked in.
const ALWAYS_BOUND: [Command; 3] =
    [Command::Program(Program::Quit), Command::Dialog(Dialog::Accept), Command::Dialog(Dialog::Dismiss)];

/// Commands that came after version 0.1: their keys give way to those of a file that was written without them.
const NEWER: [Command; 23] = [
    Command::Program(Program::Explain),
    Command::Program(Program::Messages),
    Command::Program(Program::CopyCommand),
    Command::Program(Program::CopyLink),
    Command::Dialog(Dialog::SearchPage),
    Command::Dialog(Dialog::ClearOption),
    Command::Dialog(Dialog::UndoOption),
    Command::Dialog(Dialog::ProposedOptions),
    Command::Table(Table::FilterOut),
    Command::Table(Table::Views),
    Command::Table(Table::Statistics),
    Command::Table(Table::Group),
    Command::Table(Table::CopyAs),
    Command::Step(Step::Type),
    Command::Step(Step::Mark),
    Command::Neighbour(Neighbour::Next),
    Command::Neighbour(Neighbour::Previous),
    Command::Dialog(Dialog::Complete),
    Command::Dialog(Dialog::NewLine),
    Command::Dialog(Dialog::Saved),
    Command::Dialog(Dialog::Edit),
    Command::Dialog(Dialog::SaveView),
    Command::Dialog(Dialog::DeleteView),
];

/// Which keys stand for which command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bindings {
    keys: HashMap<Command, Vec<Key>>,
    /// Keys of programs of the user's own, by their place.
    programs: Vec<Key>,
}

impl Bindings {
    /// The keys of the command table.
    pub fn built_in() -> Self {
        let keys = COMMANDS.iter().map(|entry| (entry.command, entry.keys.clone())).collect();
        Self { keys, programs: Vec::new() }
    }

    /// The keys of the command table with those of a file over them.
    ///
    /// # Errors
    /// [`crate::Error::Io`], and [`crate::Error::Config`] with file, line and what to write instead.
    pub fn read(path: &Path) -> Result<Self> {
        Self::built_in().with(path)
    }

    /// These keys with those of a file over them.
    fn with(self, path: &Path) -> Result<Self> {
        let source = Source::read(path)?;
        let mut bindings = self;
        let mut lines = HashMap::new();
        for (name, at, value) in in_order(&source.table()?) {
            let entry = entry(&source, name, at)?;
            let keys = keys(&source, entry, at, value.get_ref())?;
            bindings.keys.insert(entry.command, keys);
            lines.insert(entry.command, at);
        }
        bindings.make_way(&lines);
        bindings.refuse_clashes(&source, &lines)?;
        Ok(bindings)
    }

    /// Where the analyst's own keys live: `keys.toml` beside `config.toml`.
    pub fn default_file() -> Option<PathBuf> {
        Config::default_file().map(|file| file.with_file_name("keys.toml"))
    }

    /// The command table's keys, with the machine's over them and the analyst's own over those, where the files exist.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn load() -> Result<Self> {
        let machines = Config::machine_file().map(|file| file.with_file_name("keys.toml"));
        let mut files = machines.into_iter().chain(Self::default_file()).filter(|file| file.exists());
        files.try_fold(Self::built_in(), |keys, file| keys.with(&file))
    }

    /// The keys of a command; none where it is left to the palette.
    pub fn keys(&self, command: Command) -> &[Key] {
        self.keys.get(&command).map_or(&[], Vec::as_slice)
    }

    /// The commands whose keys hold in a context, those without a key among them.
    #[allow(clippy::unused_self, reason = "who asks for the keys of a context has the bindings at hand")]
    pub fn in_context(&self, context: Context) -> impl Iterator<Item = &'static Entry> + use<> {
        command::in_context(context)
    }

    /// What a key means in a context.
    pub fn lookup(&self, context: Context, key: Key) -> Option<Command> {
        let own = || {
            let place = self.programs.iter().position(|own| *own == key)?;
            (context.is_pane() || context.is_page()).then_some(Command::Own(place))
        };
        self.in_context(context)
            .map(|entry| entry.command)
            .find(|&command| self.keys(command).contains(&key))
            .or_else(own)
    }

    /// With keys for programs of the user's own, on panes and pages.
    #[must_use]
    pub fn and_programs(self, keys: Vec<Key>) -> Self {
        Self { programs: keys, ..self }
    }

    /// Takes from the commands that came later, and that the file does not name, the keys which the file gives to others: what
    /// somebody wrote for an earlier version goes on working.
    fn make_way(&mut self, lines: &HashMap<Command, usize>) {
        for context in Context::ALL {
            let named = self.in_context(context).filter(|entry| lines.contains_key(&entry.command));
            let taken: HashSet<Key> = named.flat_map(|entry| self.keys(entry.command)).copied().collect();
            let newer = |entry: &&Entry| NEWER.contains(&entry.command) && !lines.contains_key(&entry.command);
            for entry in self.in_context(context).filter(newer) {
                if let Some(keys) = self.keys.get_mut(&entry.command) {
                    keys.retain(|key| !taken.contains(key));
                }
            }
        }
    }

    /// Refuses a key that would mean two things in one context, at the later line of the two.
    fn refuse_clashes(&self, source: &Source, lines: &HashMap<Command, usize>) -> Result<()> {
        for context in Context::ALL {
            let mut taken: HashMap<Key, &Entry> = HashMap::new();
            for entry in self.in_context(context) {
                for &key in self.keys(entry.command) {
                    let Some(other) = taken.insert(key, entry) else { continue };
                    let at = lines.get(&entry.command).max(lines.get(&other.command));
                    let (a, b, place) = (other.id, entry.id, context.title());
                    // Two keys of the table itself are no matter of the file.
                    if let Some(&at) = at {
                        return Err(source.wrong(at, format!("{key} is bound to both {a} and {b} in {place}")));
                    }
                }
            }
        }
        Ok(())
    }
}

/// The command that a line names.
fn entry(source: &Source, name: &str, at: usize) -> Result<&'static Entry> {
    COMMANDS.iter().find(|entry| entry.id == name).ok_or_else(|| {
        let ids: Vec<&str> = COMMANDS.iter().map(|entry| entry.id).collect();
        let meant = nearest(name, &ids)
            .map_or_else(|| format!("the commands are {}", ids.join(", ")), |id| format!("did you mean {id}?"));
        source.wrong(at, format!("no command \"{name}\"; {meant}"))
    })
}

/// The keys that a line gives to a command.
fn keys(source: &Source, entry: &Entry, at: usize, value: &DeValue<'_>) -> Result<Vec<Key>> {
    let id = entry.id;
    let no_list = |at| source.wrong(at, format!("{id}: write a list of keys such as [\"x\", \"Ctrl-x\"]"));
    let written = value.as_array().ok_or_else(|| no_list(at))?;
    if written.is_empty() && ALWAYS_BOUND.contains(&entry.command) {
        return Err(source.wrong(at, format!("{id} must have a key, or nobody could {}", entry.title.to_lowercase())));
    }
    let typed_in = entry.contexts.iter().find(|context| context.takes_text());
    let mut seen = HashSet::new();
    let mut keys = Vec::new();
    for item in written {
        let at = item.span().start;
        let text = item.get_ref().as_str().ok_or_else(|| no_list(at))?;
        let key: Key = text.parse().map_err(|error| source.wrong(at, format!("{id}: {error}")))?;
        if let (true, Some(context)) = (key.is_text(), typed_in) {
            let place = context.title();
            return Err(source.wrong(
                at,
                format!("{id}: {key} could not be typed any more, for {id} holds in {place}; add Ctrl- or Alt-"),
            ));
        }
        let key = key.as_reported();
        if seen.insert(key) {
            keys.push(key);
        }
    }
    Ok(keys)
}

#[cfg(test)]
mod tests;
