//! A configuration file's text into settings; every complaint names file, line, section and key.

use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use crate::config::extras::{self, Extras};
use crate::config::source::{Source, in_order};
use crate::config::{Config, print};
use crate::error::{Error, Result};
use crate::nearest::nearest;

/// The longest wrong value that a complaint shows, in letters.
const SHORT: usize = 40;

/// The settings of a file over the defaults.
///
/// # Errors
/// [`Error::Config`] for the first section or key that does not exist or holds what it cannot, else for the first value
/// out of range.
pub fn config(source: &Source) -> Result<Config> {
    let table = source.table()?;
    for (section, at, settings) in in_order(&table).into_iter().filter(|(name, ..)| !extras::NAMES.contains(name)) {
        let settings = known_section(source, section, at, settings.get_ref())?;
        for (key, at, value) in in_order(settings) {
            known_key(source, section, key, at)?;
            fitting(source, section, key, value)?;
        }
    }
    Extras::of(source)?;
    let config: Config = toml::from_str(source.text())
        .map_err(|error| source.wrong(error.span().map_or(0, |span| span.start), error.message()))?;
    config.check().map_err(|error| located(source, &table, error))?;
    Ok(config)
}

/// The settings written in a section that exists.
fn known_section<'a>(source: &Source, name: &str, at: usize, settings: &'a DeValue<'a>) -> Result<&'a DeTable<'a>> {
    let sections: Vec<&str> = Config::SECTIONS.iter().map(|section| section.name).collect();
    let what = match (sections.contains(&name), settings.as_table()) {
        (true, Some(settings)) => return Ok(settings),
        (true, None) => format!("[{name}]: a section, not a setting; write its settings on lines below [{name}]"),
        (false, Some(_)) => {
            let meant = nearest(name, &sections)
                .map_or_else(|| list("sections", &sections), |section| format!("did you mean [{section}]?"));
            format!("[{name}]: no such section; {meant}")
        }
        (false, None) => {
            let meant = elsewhere(name)
                .map_or_else(|| list("sections", &sections), |section| format!("did you mean [{section}] {name}?"));
            format!("{name}: a setting stands in a section; {meant}")
        }
    };
    Err(source.wrong(at, what))
}

/// Refuses a key that its section does not know.
fn known_key(source: &Source, section: &str, key: &str, at: usize) -> Result<()> {
    let keys: Vec<&str> =
        Config::settings().filter(|setting| setting.section == section).map(|setting| setting.key).collect();
    if keys.contains(&key) {
        return Ok(());
    }
    let meant = match (elsewhere(key), nearest(key, &keys)) {
        (Some(section), _) => format!("did you mean [{section}] {key}?"),
        (None, Some(near)) => format!("did you mean {near}?"),
        (None, None) => list("settings", &keys),
    };
    Err(source.wrong(at, format!("[{section}] {key}: no such setting; {meant}")))
}

/// The only section with a key of this name.
fn elsewhere(key: &str) -> Option<&'static str> {
    let mut sections = Config::settings().filter(|setting| setting.key == key).map(|setting| setting.section);
    sections.next().filter(|_| sections.next().is_none())
}

fn list(what: &str, names: &[&str]) -> String {
    format!("the {what} are {}", names.join(", "))
}

/// Refuses a value that its setting cannot hold: reads a file of this one line.
fn fitting(source: &Source, section: &str, key: &str, value: &Spanned<DeValue<'_>>) -> Result<()> {
    let span = value.span();
    let wrong = |what: String| Err(source.wrong(span.start, format!("[{section}] {key}: {what}")));
    if let Some(entries) = value.get_ref().as_table() {
        if matches!(
            print::values(&Config::default())?.get(section).and_then(|known| known.get(key)),
            Some(Value::Table(_))
        ) {
            return fitting_entries(source, section, key, entries);
        }
        return wrong(format!("it must be {}, not a section", wanted(section, key)?));
    }
    let written = source.text().get(span.clone()).unwrap_or_default();
    // Entries below a header of their own are read with the whole file, which tells what is wrong of them.
    if written.starts_with("[[") && value.get_ref().is_array() && written.contains(&format!("{section}.{key}")) {
        return Ok(());
    }
    let line = format!("[{section}]\n{key} = {written}\n");
    // As a table first, which refuses whole numbers beyond TOML's own: they could not be printed again.
    let read = toml::from_str::<Table>(&line).and_then(|_| toml::from_str::<Config>(&line));
    let Err(error) = read else { return Ok(()) };
    match error.message() {
        message if message.starts_with("invalid") || message.ends_with("too large") => {
            wrong(format!("it must be {}, not {}", wanted(section, key)?, shortened(written)))
        }
        message => {
            wrong(message.replace("unknown variant", "there is no").replace(", expected one of", "; it is one of"))
        }
    }
}

/// Refuses an entry of a table of settings that it cannot hold, such as one of `[ingest.columns]`.
fn fitting_entries(source: &Source, section: &str, key: &str, entries: &DeTable<'_>) -> Result<()> {
    for (name, at, value) in in_order(entries) {
        let written = source.text().get(value.span()).unwrap_or_default();
        let quoted = Value::String(name.to_owned());
        let line = format!("[{section}.{key}]\n{quoted} = {written}\n");
        if let Err(error) = toml::from_str::<Config>(&line) {
            let what = error.message().replace("unknown field", "there is no");
            let what = what.replace("unknown variant", "there is no").replace(", expected one of", "; it is one of");
            return Err(source.wrong(at, format!("[{section}.{key}] {name}: {what}")));
        }
    }
    Ok(())
}

/// What a setting holds, told by its default.
fn wanted(section: &str, key: &str) -> Result<String> {
    let defaults = print::values(&Config::default())?;
    Ok(match defaults.get(section).and_then(|settings| settings.get(key)) {
        Some(Value::Float(_)) => "a number".to_owned(),
        Some(Value::Integer(_)) => "a whole number, 0 or above".to_owned(),
        Some(Value::Boolean(_)) => "true or false".to_owned(),
        Some(Value::String(_)) => "a text in quotes".to_owned(),
        Some(Value::Table(_)) => format!("a table; write its entries on lines below [{section}.{key}]"),
        Some(_) if key == "join" => "a list of tables such as { file = \"orders.csv\", on = \"order_id\" }".to_owned(),
        Some(default) if default.as_array().is_some_and(Vec::is_empty) => "a list of texts".to_owned(),
        Some(default) => format!("a list such as {default}"),
        None => "something else".to_owned(),
    })
}

/// The first letters of a value as it is written.
fn shortened(written: &str) -> String {
    let line = written.lines().next().unwrap_or_default();
    match line.char_indices().nth(SHORT) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None if line.len() < written.len() => format!("{line}…"),
        None => line.to_owned(),
    }
}

/// The complaint of a check, which begins with `section.key`, with the line of that key.
fn located(source: &Source, table: &DeTable<'_>, error: Error) -> Error {
    let Error::Config(complaint) = error else { return error };
    let found = complaint.split_once('.').and_then(|(section, rest)| {
        let key = rest.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).next()?;
        let settings = table.get(section)?.get_ref().as_table()?;
        let (key, _) = settings.get_key_value(key)?;
        Some((key.span().start, format!("[{section}] {rest}")))
    });
    let (at, what) = found.unwrap_or((0, complaint));
    source.wrong(at, what)
}
