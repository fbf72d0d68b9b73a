//! Which raw files an input folder holds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files::{file_name, open_regular};
use crate::ingest::customer_file::{self, CustomerFile};
use crate::ingest::item_file::{self, ItemFile};
use crate::ingest::layout::LayoutName;
use crate::ingest::layout::{first_fields, recognised};
use crate::ingest::named::{named, named_within, natural_order, numbered, refuse_odd};
use crate::ingest::settings::IngestSettings;
use crate::ingest::shape::shown;
use crate::ingest::source::{Origin, container_of, is_container, is_remote, is_table, tables_of};
use crate::objects;

/// What a raw file's name may end in.
const ENDINGS: [&str; 6] = [".csv", ".csv.gz", ".csv.zst", ".csv.bz2", ".csv.xz", ".parquet"];

/// The raw files of one shop.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InputFiles {
    /// Event logs, read in this order.
    pub events: Vec<PathBuf>,
    /// Item properties, read in this order: on a tie the later row wins.
    pub properties: Vec<PathBuf>,
    /// The category tree.
    pub category_tree: Option<PathBuf>,
    /// The accounts that are one person's, if a file tells them.
    pub same_user: Option<PathBuf>,
    /// The folder in which they were found; `None` where the file itself was named.
    pub folder: Option<PathBuf>,
    /// Those of the event logs that were added from elsewhere.
    pub added: Vec<PathBuf>,
    /// The campaign that lies in the folder, which is none of the log.
    pub campaign: Option<PathBuf>,
    /// The file that tells what the items are called.
    pub items: Option<ItemFile>,
    /// The file that tells what categories are called.
    pub categories: Option<PathBuf>,
    /// The file that tells who the users are.
    pub customers: Option<CustomerFile>,
    /// Tables that are joined to the event logs.
    pub joined: Vec<PathBuf>,
    /// Which of several logs each event file is of that the settings name, from 0; empty where there is one log.
    pub of_log: BTreeMap<PathBuf, usize>,
    /// Names of the other tables in the folder of a log that nobody named: nobody reads them.
    pub unread: Vec<String>,
}

impl InputFiles {
    /// All files, events first.
    pub fn all(&self) -> impl Iterator<Item = &Path> {
        let items = self.items.as_ref().map(|items| &items.path).into_iter().chain(&self.categories);
        let customers = self.customers.as_ref().map(|customers| &customers.path);
        let others = self
            .properties
            .iter()
            .chain(&self.category_tree)
            .chain(&self.same_user)
            .chain(items)
            .chain(customers)
            .chain(&self.joined);
        self.events.iter().chain(others).map(PathBuf::as_path)
    }

    /// The same with more event logs, which are read behind the others in natural order; a file that is among them already
    /// is read once.
    ///
    /// # Errors
    /// [`Error::Refused`] for what is no file.
    pub fn with_added(mut self, mut more: Vec<PathBuf>) -> Result<Self> {
        more.iter().try_for_each(|path| refuse_odd(path))?;
        let tables = more.iter().map(|path| tables_in(path)).collect::<Result<Vec<_>>>()?;
        more = tables.into_iter().flatten().filter(|path| !self.events.contains(path)).collect();
        more.sort_by_cached_key(|path| {
            let name = file_name(path);
            let stem = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name);
            let (text, number) = natural_order(stem);
            (text.to_owned(), number, name.clone())
        });
        self.events.extend(more.iter().cloned());
        self.added = more;
        Ok(self)
    }
}

/// Finds `events.*`, `item_properties*.*` and `category_tree.*` in a folder or an archive, each as CSV, packed or not, or
/// as Parquet. A path to a file is taken as an event log alone; a workbook's sheets of one header are one log.
///
/// [`IngestSettings::files`] names other event logs; where it is empty and there is no `events.*`, the tables whose first
/// row is that of a known shape are the event logs. An archive without any holds a log in all its tables, if these have one
/// header. `campaign.*` in a folder is the campaign of the uplift stage, `items.*` or `products.*` tells what items are
/// called, `categories.*` what categories are, and `customers.*` who the users are.
///
/// # Errors
/// [`Error::Io`]; [`Error::Input`] for a folder or archive in which no log can be told.
pub fn discover(input: &Path, settings: &IngestSettings) -> Result<InputFiles> {
    if is_remote(input) {
        let what = "lies elsewhere, and only `user360 init`, `run` and `add` bring it here".to_owned();
        return Err(Error::Refused { path: input.to_path_buf(), what });
    }
    let container = is_container(input)?;
    if container.is_none() && !input.is_dir() {
        settings.refuse_logs(input)?;
        if let Origin::File(file) = Origin::of(input)? {
            open_regular(&file)?;
        }
        let (events, same_user) = (vec![input.to_path_buf()], settings.same_user.file(input));
        return Ok(InputFiles { events, same_user, ..InputFiles::default() });
    }
    let names = match container {
        Some(container) => tables_of(input, container)?,
        None => names_in(input)?,
    };
    let mut found: Vec<(&str, &String)> = Vec::new();
    for name in &names {
        if let Some(stem) = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)) {
            if let Some((_, other)) = found.iter().find(|(known, _)| *known == stem) {
                let what = format!("holds both {other} and {name}; keep one of them");
                return Err(Error::Input { path: input.to_path_buf(), line: None, what });
            }
            found.push((stem, name));
        }
    }
    found.sort_by_key(|(stem, _)| natural_order(stem));
    let of = |wanted: &dyn Fn(&str) -> bool| -> Vec<PathBuf> {
        found.iter().filter(|(stem, _)| wanted(stem)).map(|(_, name)| input.join(name)).collect()
    };
    let is_property = |stem: &str| stem.starts_with("item_properties");
    let is_tree = |stem: &str| stem == "category_tree";
    let of_settings = |settings: &IngestSettings| match (settings.files.is_empty(), container) {
        (true, _) => Ok(of(&|stem| stem == "events")),
        (false, None) => named(input, settings),
        (false, Some(_)) => named_within(input, &names, settings),
    };
    let of_logs = settings.of_logs().iter().map(of_settings).collect::<Result<Vec<_>>>()?;
    let of_log = if settings.logs.is_empty() { BTreeMap::new() } else { numbered(&of_logs)? };
    let mut events = of_logs.concat();
    if events.is_empty() {
        events = logs_among(input, &names, settings)?;
    }
    if events.is_empty() && container.is_some() {
        events = one_table(input, &names)?;
    }
    if events.is_empty() {
        let held = match names.len() {
            0 if container.is_some() => "holds no table: nothing in it is named like a CSV or JSON file".to_owned(),
            0 => "is empty".to_owned(),
            1..=8 => format!("holds {}", names.join(", ")),
            more => format!("holds {} and {} more", names[..8].join(", "), more - 8),
        };
        let way_out = match names.len() {
            0 => "",
            _ => "; for a log of another shape set ingest.files and ingest.columns in the configuration",
        };
        let what = format!("{held}, but no event log: expected events{}{way_out}", ENDINGS.join(", events"));
        return Err(Error::Input { path: input.to_path_buf(), line: None, what });
    }
    let (properties, category_tree) = (of(&is_property), of(&is_tree).into_iter().next());
    // What lies in a file is there as long as the file is what it was.
    let folder = container.is_none().then(|| input.to_path_buf());
    let same_user = settings.same_user.file(input);
    events.retain(|path| same_user.as_ref() != Some(path));
    let campaign = of(&|stem| stem == "campaign").pop().filter(|path| !events.contains(path) && path.is_file());
    let beside = |names: &[&str]| {
        names.iter().find_map(|name| of(&|stem| stem == *name).pop()).filter(|path| !events.contains(path))
    };
    let items = beside(&item_file::FILES).map(|path| ItemFile { path, ..ItemFile::default() });
    let customers = beside(&customer_file::FILES).map(|path| CustomerFile { path, ..CustomerFile::default() });
    let categories = beside(&["categories"]);
    let beside = [items.as_ref().map(|items| &items.path), customers.as_ref().map(|customers| &customers.path)];
    let beside = beside.into_iter().chain([categories.as_ref(), same_user.as_ref()]).flatten();
    let mut read: Vec<String> = beside.map(|path| file_name(path)).collect();
    read.extend(events.iter().filter_map(|event| Some(event.strip_prefix(input).ok()?.to_str()?.to_owned())));
    let unread = if settings.patterns().next().is_none() { unread(&names, &read) } else { Vec::new() };
    let added = Vec::new();
    let files = InputFiles {
        events,
        properties,
        category_tree,
        same_user,
        folder,
        added,
        campaign,
        items,
        categories,
        customers,
        joined: Vec::new(),
        of_log,
        unread,
    };
    files.all().try_for_each(refuse_odd)?;
    Ok(files)
}

/// The folder and the pattern below it of a path such as `logs/2024-*.csv` or `s3://bucket/logs/2024-*.csv`; `None` for a
/// path that is there, and for one without `*`, `?` or `[`.
pub fn split_pattern(path: &Path) -> Option<(PathBuf, String)> {
    let special = |part: &std::path::Component<'_>| part.as_os_str().to_string_lossy().contains(['*', '?', '[']);
    if is_remote(path) {
        return objects::split_pattern(path.to_str()?).map(|(folder, pattern)| (folder.into(), pattern));
    }
    if std::fs::symlink_metadata(path).is_ok() {
        return None;
    }
    let parts: Vec<_> = path.components().collect();
    let at = parts.iter().position(special)?;
    let (folder, pattern): (PathBuf, PathBuf) = (parts[..at].iter().collect(), parts[at..].iter().collect());
    Some((folder, pattern.to_str()?.to_owned()))
}

/// The tables among names that nobody reads: where a log is called `events` all that are named like its files, else all.
fn unread(names: &[String], read: &[String]) -> Vec<String> {
    let stem_of = |name: &str| ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).map(str::to_owned);
    let is_named = names.iter().any(|name| stem_of(name).as_deref() == Some("events"));
    let others = names.iter().filter(|name| {
        let Some(stem) = stem_of(name) else { return !is_named && is_table(name) };
        !matches!(stem.as_str(), "events" | "campaign" | "category_tree") && !stem.starts_with("item_properties")
    });
    others.filter(|name| !read.contains(name)).cloned().collect()
}

/// The names of what a folder holds, in order; folders are left out unless they are named like a log's files.
fn names_in(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(Error::io(folder))? {
        let entry = entry.map_err(Error::io(folder))?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let stem = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending));
        let own =
            stem.is_some_and(|stem| stem == "events" || stem == "category_tree" || stem.starts_with("item_properties"));
        if own || !entry.path().is_dir() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// The tables of an archive or a workbook as one log.
fn one_table(input: &Path, names: &[String]) -> Result<Vec<PathBuf>> {
    let tables: Vec<PathBuf> = names.iter().map(|name| input.join(name)).collect();
    let Some((first, rest)) = tables.split_first() else { return Ok(Vec::new()) };
    let header = first_fields(first)?;
    for (table, name) in rest.iter().zip(&names[1..]) {
        if first_fields(table)? != header {
            let what = format!(
                "holds tables of different columns ({}), and {} and {name} differ; name one as {}/{name}, or several in \
                 ingest.files",
                shown(names),
                names[0],
                file_name(input)
            );
            return Err(Error::Input { path: input.to_path_buf(), line: None, what });
        }
    }
    Ok(tables)
}

/// The file on disk that holds a table: itself, or the archive or workbook that its path leads through.
pub fn holding_file(path: &Path) -> PathBuf {
    container_of(path).unwrap_or_else(|| path.to_path_buf())
}

/// The tables of a file: those in it where it is an archive or a workbook, else itself.
pub(super) fn tables_in(path: &Path) -> Result<Vec<PathBuf>> {
    Ok(match is_container(path)? {
        Some(container) => tables_of(path, container)?.iter().map(|name| path.join(name)).collect(),
        None => vec![path.to_path_buf()],
    })
}

/// The tables of a folder that are event logs of one known shape.
fn logs_among(input: &Path, names: &[String], settings: &IngestSettings) -> Result<Vec<PathBuf>> {
    let table =
        |name: &&String| is_table(name) && !name.starts_with("item_properties") && !name.starts_with("category_tree");
    let mut logs: Vec<(&String, LayoutName)> = Vec::new();
    for name in names.iter().filter(table) {
        let path = input.join(name);
        refuse_odd(&path)?;
        if let Some(layout) = recognised(&path, settings)? {
            logs.push((name, layout));
        }
    }
    // YOOCHOOSE ships a third file, of sessions whose buys are not told.
    if logs.iter().any(|(name, _)| name.contains("clicks")) {
        logs.retain(|(name, layout)| *layout != LayoutName::Yoochoose || !name.contains("test"));
    }
    if let [(first, layout), rest @ ..] = logs.as_slice()
        && let Some((other, other_layout)) = rest.iter().find(|(_, other)| other != layout)
    {
        let what = format!(
            "holds {first}, a log in the layout {}, and {other}, one in the layout {}; name one's in ingest.files",
            layout.name(),
            other_layout.name()
        );
        return Err(Error::Input { path: input.to_path_buf(), line: None, what });
    }
    Ok(logs.into_iter().map(|(name, _)| input.join(name)).collect())
}
