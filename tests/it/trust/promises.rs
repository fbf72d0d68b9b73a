//! `docs/promises.md` names the tests that hold each promise: they exist.

use std::fs;
use std::path::Path;

/// The source of a module, `trust::writes` or `keys`.
fn source(module: &str) -> Option<String> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(module.replace("::", "/"));
    let files = [tests.with_extension("rs"), tests.join("mod.rs")];
    files.iter().find_map(|file| fs::read_to_string(file).ok())
}

#[test]
fn every_named_test_exists() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/promises.md")).unwrap();
    let named: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("- `")?.strip_suffix('`')).collect();
    assert!(named.len() > 25, "{named:?}");
    for name in named {
        let (module, test) = name.rsplit_once("::").unwrap_or_else(|| panic!("{name} names no module"));
        let source = source(module).unwrap_or_else(|| panic!("{name}: there is no module {module}"));
        let (before, _) = source
            .split_once(&format!("\nfn {test}()"))
            .unwrap_or_else(|| panic!("{name}: {module} has no test {test}"));
        assert!(before.ends_with("#[test]"), "{name} is no test that every run of the tests tries");
    }
}
