//! What became of a workspace.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use user360::stage::StageState;
use user360::store::Workspace;

use super::cases::hold;
use super::place::Place;

/// The current run's id, once every run that the manifest names is known to be whole.
pub fn whole(workspace: &Path) -> Result<Option<String>, String> {
    let open = Workspace::open(workspace);
    let wrong = |error: user360::Error| format!("the workspace: {error}");
    for id in open.runs().map_err(wrong)? {
        open.run(&id).map_err(wrong)?.verify().map_err(wrong)?;
    }
    let Some(run) = open.current().map_err(wrong)? else { return Ok(None) };
    let failed: Vec<&str> = run
        .info()
        .stages
        .iter()
        .filter(|stage| stage.state == StageState::Failed)
        .map(|stage| stage.id.name())
        .collect();
    hold(failed.is_empty(), || format!("a run with failed stages is current: {failed:?}"))?;
    Ok(Some(run.info().id.clone()))
}

/// Names in the workspace, and in its folder of runs those that are no run of the manifest.
pub fn names(workspace: &Path) -> BTreeSet<String> {
    let inside = |folder: &Path| -> Vec<String> {
        let entries = fs::read_dir(folder).into_iter().flatten();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let runs = Workspace::open(workspace).runs().unwrap_or_default();
    let unknown = inside(&workspace.join("runs")).into_iter().filter(|name| !runs.contains(name));
    inside(workspace).into_iter().chain(unknown.map(|name| format!("runs/{name}"))).collect()
}

/// Names beside the workspace that a killed writer of a file may leave.
pub fn beside(place: &Place) -> Vec<String> {
    let entries = fs::read_dir(place.work("")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with('.') || name.contains("tmp")).collect()
}
