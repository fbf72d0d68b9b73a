//! Cell, row or marks to the clipboard, in the form that is asked for.

use crate::error::{Error, Result};
use crate::format;
use crate::job::Job;
use crate::store::{Cell, DataTable, ExportOptions, Format, write_rows};
use crate::ui::app::App;
use crate::ui::effect::{Effect, Effects, Work};
use crate::ui::popups::{CopyForm, CopyWhat, Offer, Picked, Picker, Popup};
use crate::ui::update::clip;

/// More rows than this are too many for any terminal's clipboard.
const MOST: usize = 50_000;

/// Opens the list of what can be copied, and in which forms.
pub(super) fn ask(app: &mut App) -> Effects {
    let Some(grid) = app.grid().filter(|grid| grid.row().is_some()) else { return Vec::new() };
    let marked = grid.marks().len();
    let mut offers = Vec::new();
    for (what, name, title) in [
        (CopyWhat::Row, "row", "the row under the cursor".to_owned()),
        (CopyWhat::Marks, "marks", format!("the {} marked, in the table's order", format::thousands(marked as u64))),
        (CopyWhat::Cell, "cell", "the cell under the cursor".to_owned()),
    ] {
        if what == CopyWhat::Marks && marked == 0 {
            continue;
        }
        for (form, of) in [
            (CopyForm::Text, "text"),
            (CopyForm::Csv, "CSV"),
            (CopyForm::Json, "JSON"),
            (CopyForm::Markdown, "Markdown"),
        ] {
            let picked = Picked::Copy(what, form);
            offers.push(Offer { name: format!("{name} as {of}"), title: title.clone(), aside: String::new(), picked });
        }
    }
    app.popups.push(Popup::Picker(Picker::new("Copy", "no such form", offers)));
    Vec::new()
}

/// Copies what was chosen: the columns shown, in their order.
pub(super) fn copy(app: &mut App, what: CopyWhat, form: CopyForm) -> Effects {
    let Some(grid) = app.grid() else { return Vec::new() };
    let (Some(table), Some(row)) = (grid.table().cloned(), grid.row()) else { return Vec::new() };
    let (rows, columns, told) = match what {
        CopyWhat::Cell => (vec![row as u32], grid.column_name().into_iter().collect(), "the cell".to_owned()),
        CopyWhat::Row => (vec![row as u32], grid.columns().names(), "the row".to_owned()),
        CopyWhat::Marks => {
            let count = format::thousands(grid.marks().len() as u64);
            (grid.marks().rows(), grid.columns().names(), format!("the {count} marked"))
        }
    };
    if rows.len() > MOST {
        let rows = format::thousands(rows.len() as u64);
        app.say("Copy", &format!("{rows} rows are too many for the terminal's clipboard; export them to a file (e)"));
        return Vec::new();
    }
    let bare = what == CopyWhat::Cell;
    let work = Work::new(
        "copy",
        move |job| written(&table, &rows, &columns, form, bare, job),
        move |app, words: Result<String>| match words {
            Ok(words) => clip::copy(app, &told, &words),
            Err(error) => {
                app.tell("Copy", &error);
                Vec::new()
            }
        },
    );
    vec![Effect::background(work)]
}

/// Rows in a form; a bare cell has no header.
fn written(
    table: &DataTable,
    rows: &[u32],
    columns: &[String],
    form: CopyForm,
    bare: bool,
    job: &Job,
) -> Result<String> {
    let name = match form {
        CopyForm::Csv => "csv",
        CopyForm::Json => "json",
        CopyForm::Text | CopyForm::Markdown => "",
    };
    if let Some(format) = Format::ALL.iter().find(|format| format.name == name) {
        let mut bytes = Vec::new();
        write_rows(&mut bytes, table.select(rows, Some(columns))?, *format, &ExportOptions::default(), job)?;
        let text = String::from_utf8(bytes).map_err(|error| Error::Missing(error.to_string()))?;
        // Of one cell its line below the header.
        let below = || text.split_once('\n').map_or("", |(_, cell)| cell);
        let lines = if bare && form == CopyForm::Csv { below() } else { text.as_str() };
        return Ok(lines.trim_end_matches(['\r', '\n']).to_owned());
    }
    let cells = DataTable::of_frame(table.select(rows, Some(columns))?);
    let told = |row: usize, at: usize| match cells.cell(row, at) {
        Cell::Null if form == CopyForm::Markdown => String::new(),
        cell => cell.to_string(),
    };
    let line = |row: usize| -> Vec<String> { (0..columns.len()).map(|at| told(row, at)).collect() };
    if form == CopyForm::Text {
        return Ok((0..rows.len()).map(|row| line(row).join("\t")).collect::<Vec<_>>().join("\n"));
    }
    let of_table = |cells: &[String]| {
        let cells = cells.iter().map(|cell| cell.replace('\\', "\\\\").replace('|', "\\|").replace(['\r', '\n'], " "));
        format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
    };
    if bare {
        return Ok(format!("`{}`", told(0, 0).replace('`', "'")));
    }
    let rule = vec!["---".to_owned(); columns.len()];
    let lines = [of_table(columns), of_table(&rule)].into_iter().chain((0..rows.len()).map(|row| of_table(&line(row))));
    Ok(lines.collect::<Vec<_>>().join("\n"))
}
