//! Imports go one way: what a module may import is written here, and nothing else gets in, nor around it by what another
//! module hands on; no files take names from each other in a circle; and no file is longer than one idea.

mod imports;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use imports::{Imports, circles};
use tempfile::TempDir;

/// What every module but `plot` may name.
const GROUND: [&str; 15] = [
    "archive",
    "caught",
    "dirs",
    "error",
    "files",
    "format",
    "job",
    "objects",
    "postgres",
    "setting",
    "settings",
    "spreadsheet",
    "stage",
    "text",
    "zone",
];

/// Each module and the modules of the crate that it may name.
const ALLOWED: [(&str, &[&str]); 10] = [
    ("fetch", &["fetch"]),
    ("ingest", &["nearest", "ingest"]),
    ("features", &["ingest", "features"]),
    ("models", &["ingest", "features", "models"]),
    ("plot", &["plot"]),
    ("store", &["nearest", "ingest", "features", "models", "plot", "store"]),
    ("config", &["nearest", "ingest", "features", "models", "config"]),
    ("pipeline", &["ingest", "features", "models", "store", "config", "pipeline"]),
    ("ui", &["fetch", "nearest", "logging", "plot", "store", "pipeline", "config", "ui"]),
    ("cli", &["fetch", "logging", "ingest", "plot", "store", "pipeline", "config", "ui", "cli"]),
];

/// Every name of one module that another hands on, so that whoever may import only the second can use it. Each is a
/// part of what the second offers; anything else would be a way around [`ALLOWED`].
const HANDED_ON: [&str; 10] = [
    // A section of the settings.
    "config: crate::ingest::IngestSettings",
    // Looking at a log and what a request chooses: the pipeline's own questions.
    "pipeline: crate::ingest::propose",
    "pipeline: crate::models::recommend::ModelChoice",
    "pipeline: crate::models::uplift::Learner",
    // Parts of what stages record.
    "store: crate::features::Drift",
    "store: crate::models::evaluate::Backtest",
    "store: crate::models::evaluate::Figure",
    "store: crate::models::metrics::regression::AmountDecile",
    "store: crate::models::metrics::uplift::UpliftDecile",
    "store: crate::models::segments::SegmentProfile",
];

/// The most lines of a file: longer ones hold more than one idea.
const LONGEST: usize = 400;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The crate's modules that a source text names after `crate::`, `use crate::{…}` included.
fn named(text: &str) -> Vec<String> {
    let name = |rest: &str| -> String { rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect() };
    let mut names = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut start = true;
            for (position, letter) in list.char_indices() {
                match letter {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => start = true,
                    _ if letter.is_whitespace() => {}
                    _ if start && depth == 0 => {
                        names.push(name(&list[position..]));
                        start = false;
                    }
                    _ => {}
                }
            }
        } else {
            names.push(name(rest));
        }
    }
    names.retain(|name| name.starts_with(char::is_lowercase));
    names
}

#[test]
fn imports_go_one_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for (module, allowed) in ALLOWED {
        let mut files = Vec::new();
        sources(&src.join(module), &mut files);
        assert!(!files.is_empty(), "src/{module} holds no source");
        for file in files {
            for name in named(&fs::read_to_string(&file).unwrap()) {
                let ground = module != "plot" && GROUND.contains(&name.as_str());
                if !ground && !allowed.contains(&name.as_str()) {
                    wrong.push(format!("{}: crate::{name}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "imports against the order of modules:\n{}", wrong.join("\n"));
}

#[test]
fn nothing_is_handed_on_around_the_order_of_modules() {
    let handed_on = Imports::of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).handed_on();
    let known: BTreeSet<String> = HANDED_ON.map(str::to_owned).into();
    let new: Vec<&String> = handed_on.difference(&known).collect();
    assert!(new.is_empty(), "re-exports of another module that HANDED_ON does not name: {new:#?}");
    let gone: Vec<&String> = known.difference(&handed_on).collect();
    assert!(gone.is_empty(), "HANDED_ON names what is handed on no more: {gone:#?}");
}

/// The files below a folder that are too long, with their lines.
fn too_long(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    sources(folder, &mut files);
    let lines = |file: &PathBuf| fs::read_to_string(file).unwrap().lines().count();
    let long = files.iter().map(|file| (file, lines(file))).filter(|(_, lines)| *lines > LONGEST);
    long.map(|(file, lines)| format!("{}: {lines} lines", file.display())).collect()
}

#[test]
fn no_file_is_longer_than_one_idea() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["src", "tests", "benches", "fuzz/fuzz_targets"].map(|folder| root.join(folder));
    let long: Vec<String> = folders.iter().flat_map(|folder| too_long(folder)).collect();
    assert!(
        long.is_empty(),
        "files of more than {LONGEST} lines, to be divided by what they are about:\n{}",
        long.join("\n")
    );
}

#[test]
fn a_file_one_line_too_long_is_found() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("deep")).unwrap();
    fs::write(root.path().join("deep/long.rs"), "//\n".repeat(LONGEST + 1)).unwrap();
    fs::write(root.path().join("fits.rs"), "//\n".repeat(LONGEST)).unwrap();
    fs::write(root.path().join("table.csv"), "1\n".repeat(LONGEST + 1)).unwrap();
    let found = too_long(root.path());
    assert_eq!(found.len(), 1);
    assert!(found[0].ends_with("deep/long.rs: 401 lines"), "{found:?}");
}

#[test]
fn the_import_reader_finds_names() {
    assert_eq!(
        named("use crate::{error::Error, store::{Run, View}, ui};\nfn f() { crate::job::Job::new() }"),
        ["error", "store", "ui", "job"]
    );
}

#[test]
fn no_files_form_a_circle() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let imports = Imports::of(&src);
    let edges = imports.edges();
    assert!(edges.len() > 200, "only {} files were read", edges.len());
    let mut told = String::new();
    for circle in circles(&edges) {
        told.push_str("\na circle:\n");
        for file in &circle {
            for (other, name) in edges[file].iter().filter(|(other, _)| circle.contains(other)) {
                let short = |path: &Path| path.strip_prefix(&src).unwrap().display().to_string();
                writeln!(told, "  {} takes {name} from {}", short(file), short(other)).unwrap();
            }
        }
    }
    assert!(told.is_empty(), "{told}");
}

/// A crate of these files.
fn crate_of(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = root.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

/// The circles of a crate of these files, as file names.
fn circles_of(files: &[(&str, &str)]) -> Vec<Vec<String>> {
    let root = crate_of(files);
    let imports = Imports::of(root.path());
    let name = |path: &&Path| path.strip_prefix(root.path()).unwrap().display().to_string();
    circles(&imports.edges()).iter().map(|circle| circle.iter().map(name).collect()).collect()
}

#[test]
fn circles_are_found_through_reexports_and_inline_paths() {
    let straight = [
        ("lib.rs", "mod a;\nmod b;\n"),
        ("a.rs", "use crate::b::{self, B};\npub struct A;\n// use crate::a::A in a comment\n"),
        ("b.rs", "pub struct B;\n#[cfg(test)]\nmod tests {\n    use crate::a::A;\n}\n"),
    ];
    assert_eq!(circles_of(&straight), Vec::<Vec<String>>::new());
    let inline = [straight[0], straight[1], ("b.rs", "pub struct B;\nfn f() -> crate::a::A { crate::a::A }\n")];
    assert_eq!(circles_of(&inline), [["a.rs", "b.rs"]]);
    let through_a_front = [
        ("lib.rs", "mod a;\nmod b;\n"),
        ("a.rs", "use crate::b::Deep;\npub struct A;\n"),
        ("b/mod.rs", "mod deep;\npub use deep::{Deep, other as another};\n"),
        ("b/deep.rs", "use crate::a;\npub struct Deep(a::A);\npub fn other() {}\n"),
    ];
    assert_eq!(circles_of(&through_a_front), [["a.rs", "b/deep.rs"]]);
}

#[test]
fn whatever_hands_on_is_found() {
    let root = crate_of(&[
        ("lib.rs", "mod a;\nmod b;\nmod ground;\npub use ground::Ground;\n"),
        ("ground.rs", "pub struct Ground;\n"),
        ("a/mod.rs", "pub mod deep;\npub struct A;\n"),
        ("a/deep.rs", "pub struct Deep;\npub use crate::a::A;\n"),
        (
            "b.rs",
            "pub use crate::a::deep;\nuse crate::a::{self, A};\npub use A as B;\npub type Alias = a::deep::Deep;\n\
             pub(crate) use crate::a::deep::{\n    Deep as Renamed,\n};\nuse crate::a::deep::Deep;\npub struct Own(Deep);\n",
        ),
    ]);
    let found: Vec<String> = Imports::of(root.path()).handed_on().into_iter().collect();
    assert_eq!(found, ["b: crate::a::A", "b: crate::a::deep", "b: crate::a::deep::Deep"]);
}
