//! Any bytes as a manifest, and as the record of the run that it names: a run, none, or an error that names the file.

use user360::store::Workspace;

/// The run whose record the bytes are.
const RUN: &str = "20260101T000000Z-beef";

pub fn run(bytes: &[u8]) {
    let file = super::place::file("as-manifest/manifest.json", bytes);
    read(&Workspace::open(file.parent().expect("a folder")));
    let manifest = format!(r#"{{"format":1,"current":"{RUN}","runs":["{RUN}"]}}"#);
    let file = super::place::file("as-run/manifest.json", manifest.as_bytes());
    super::place::file(&format!("as-run/runs/{RUN}/run.json"), bytes);
    read(&Workspace::open(file.parent().expect("a folder")));
}

fn read(workspace: &Workspace) {
    let root = workspace.root().display().to_string();
    match workspace.current() {
        Ok(Some(run)) => {
            // No file of it is there: a record that names one names what is lost, below the run's own folder.
            if let Err(error) = run.verify() {
                assert!(error.to_string().contains(&root), "{error}");
            }
            for table in run.tables() {
                assert!(run.table(table).is_err());
            }
        }
        Ok(None) => {}
        Err(error) => assert!(error.to_string().contains(&root), "{error}"),
    }
    if let Err(error) = workspace.runs() {
        assert!(error.to_string().contains(&root), "{error}");
    }
}
