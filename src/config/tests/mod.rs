#![allow(clippy::unwrap_used, clippy::panic)]
mod meanings;
mod page;

use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::error::Error;

/// The files of a folder of examples.
fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config").join(folder);
    let files: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files
}

#[test]
fn wrong_files_are_refused_with_file_line_and_way_out() {
    for file in files("invalid") {
        let text = fs::read_to_string(&file).unwrap();
        let expected = text.lines().next().and_then(|line| line.strip_prefix("# error: ")).unwrap();
        match Config::load(Some(&file)) {
            Err(Error::Config(complaint)) => {
                let place = format!("{}{expected}", file.display());
                assert!(complaint.starts_with(&place), "{complaint}\ndoes not start with\n{place}");
            }
            other => panic!("{} gave {other:?}", file.display()),
        }
    }
}

#[test]
fn right_files_are_read() {
    for file in files("valid") {
        let config = Config::load(Some(&file)).unwrap_or_else(|error| panic!("{error}"));
        let plain: Config = toml::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        assert_eq!(config, plain, "{}", file.display());
    }
}

#[test]
fn a_file_that_is_named_must_exist() {
    let file = Path::new("/nonexistent/config.toml");
    assert!(matches!(Config::load(Some(file)), Err(Error::Io { path, .. }) if path == file));
}

#[test]
fn the_defaults_are_in_range() {
    Config::default().check().unwrap();
}
