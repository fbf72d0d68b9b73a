//! Rows to files, from the first key to the file read back.

use std::fs::{self, File};
use std::path::Path;

use polars::prelude::*;
use user360::store::Workspace;

use super::{quit, to_users};
use crate::pty::{CLEAR, DOWN, ENTER, ESC, LARGE, Place, RIGHT, Terminal, UP, typed};
use crate::sample::{ALL_USERS, LOADED};

/// The tables of the current run that have a row per user, as Polars reads them.
struct Tables(Vec<DataFrame>);

impl Tables {
    fn of(place: &Place) -> Self {
        let run = Workspace::open(place.workspace()).current().unwrap().unwrap();
        let read = |name: &str| {
            let file = File::open(run.path(&format!("{name}.parquet"))).unwrap();
            ParquetReader::new(file).finish().unwrap()
        };
        Self(["segments", "churn", "ltv", "uplift", "features"].map(read).to_vec())
    }

    fn frame_with(&self, column: &str) -> &DataFrame {
        self.0.iter().find(|frame| frame.column(column).is_ok()).unwrap_or_else(|| panic!("no {column} anywhere"))
    }

    fn ids(&self) -> Vec<i64> {
        self.0[0].column("user_id").unwrap().i64().unwrap().iter().map(Option::unwrap).collect()
    }

    /// A user's value.
    fn value(&self, user: i64, column: &str) -> AnyValue<'_> {
        let frame = self.frame_with(column);
        let ids = frame.column("user_id").unwrap().i64().unwrap();
        let row = ids.iter().position(|id| id == Some(user)).unwrap();
        frame.column(column).unwrap().get(row).unwrap()
    }

    fn number(&self, user: i64, column: &str) -> f64 {
        self.value(user, column).extract().unwrap()
    }

    /// Users of the segment above a churn, the highest first.
    fn likeliest_to_leave(&self, segment: &str, churn: f64) -> Vec<i64> {
        let of_segment = |user: &i64| self.value(*user, "segment").get_str() == Some(segment);
        let mut users: Vec<i64> = self.ids().into_iter().filter(of_segment).collect();
        users.retain(|user| self.number(*user, "churn") > churn);
        users.sort_by(|a, b| self.number(*b, "churn").total_cmp(&self.number(*a, "churn")));
        users
    }

    /// Asserts that a field of a CSV file is this value, to the last digit.
    #[track_caller]
    fn assert_field(&self, user: i64, column: &str, field: &str) {
        match self.value(user, column) {
            AnyValue::Null => assert_eq!(field, "", "{column} of {user}"),
            AnyValue::Float32(value) => assert_eq!(field.parse::<f32>().unwrap().to_bits(), value.to_bits(), "{field}"),
            AnyValue::Float64(value) => assert_eq!(field.parse::<f64>().unwrap().to_bits(), value.to_bits(), "{field}"),
            AnyValue::Boolean(value) => assert_eq!(field, value.to_string()),
            AnyValue::String(text) => assert_eq!(field, text, "{column} of {user}"),
            AnyValue::StringOwned(text) => assert_eq!(field, text.as_str(), "{column} of {user}"),
            number => assert_eq!(field.parse::<i64>().unwrap(), number.extract::<i64>().unwrap(), "{column} of {user}"),
        }
    }
}

/// Opens the dialog, moves `right` choices on in the field `down` below the first, and names the file.
fn export_to(terminal: &mut Terminal, offered: &str, choices: &[(usize, usize)], file: &Path) {
    terminal.send("e");
    terminal.wait_for_all(&["format", "formulas", offered]);
    for (down, right) in choices {
        terminal.send(&DOWN.repeat(*down));
        terminal.send(&RIGHT.repeat(*right));
        terminal.send(&UP.repeat(*down));
    }
    // Above the first field is the last: the file.
    terminal.send(UP);
    terminal.send(CLEAR);
    terminal.send(typed(file));
    terminal.wait("named file", |screen| screen.contents().matches(typed(file)).count() >= 2);
    terminal.send(ENTER);
}

/// What an export says when it is done, then closed.
fn done(terminal: &mut Terminal, file: &Path, rows: &str) {
    let bytes = fs::metadata(file).map(|file| file.len());
    let screen = terminal.wait_for_all(&["Exported", typed(file), rows]);
    let bytes = bytes.or_else(|_| fs::metadata(file).map(|file| file.len())).unwrap();
    assert!(bytes > 0, "{screen}");
    // A notice fades; what has no room in its line stands in a box.
    terminal.send(ESC);
    terminal.wait_without("Exported");
}

/// Users likely to leave of one segment, the likeliest first, three of them marked.
fn three_marked(terminal: &mut Terminal) {
    to_users(terminal);
    terminal.send("fchurn > 0.5 and segment = 'Cart abandoners'\r");
    terminal.wait_for("where churn > 0.5");
    terminal.send("llss");
    terminal.wait_for("Likely to leave ▼");
    terminal.send("g   ");
    terminal.wait_for("3 marked");
}

#[test]
fn marked_users_are_exported_as_csv_to_the_last_digit() {
    let place = Place::shop();
    let mut terminal = place.open(LARGE);
    three_marked(&mut terminal);
    let file = place.file("likely to leave.csv");
    export_to(&mut terminal, "the 3 marked users", &[], &file);
    done(&mut terminal, &file, "3 rows");

    let tables = Tables::of(&place);
    let mut reader = csv::Reader::from_path(&file).unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(header[..6], ["user_id", "segment", "churn", "ltv", "revenue", "simulated_uplift"]);
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let wanted = &tables.likeliest_to_leave("Cart abandoners", 0.5)[..3];
    assert_eq!(rows.len(), 3);
    for (row, user) in rows.iter().zip(wanted) {
        for (column, field) in header.iter().zip(row) {
            tables.assert_field(*user, column, field);
        }
    }
    let all: usize = tables.0.iter().map(|frame| frame.width() - 1).sum();
    assert_eq!(header.len(), all + 1, "{header:?}");
    quit(terminal);
}

#[test]
fn an_existing_file_is_replaced_only_when_asked_twice() {
    let place = Place::shop();
    let file = place.file("kept.csv");
    fs::write(&file, "mine\n").unwrap();
    let mut terminal = place.open(LARGE);
    three_marked(&mut terminal);
    export_to(&mut terminal, "the 3 marked users", &[], &file);
    terminal.wait_for_all(&["kept.csv exists", "Enter again replaces it"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine\n");
    // Another name would be another file: the question is asked anew for this one.
    terminal.send("x");
    terminal.wait_without("exists");
    terminal.send("\u{7f}");
    terminal.wait_without("kept.csvx");
    terminal.send(ENTER);
    terminal.wait_for("kept.csv exists");
    terminal.send(ESC);
    terminal.wait_without("kept.csv");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine\n");
    export_to(&mut terminal, "the 3 marked users", &[], &file);
    terminal.wait_for("kept.csv exists");
    terminal.send(ENTER);
    done(&mut terminal, &file, "3 rows");
    assert_eq!(csv::Reader::from_path(&file).unwrap().records().count(), 3);
    assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "a temporary file is left");
    quit(terminal);
}

#[test]
fn the_view_is_exported_as_parquet() {
    let place = Place::shop();
    let mut terminal = place.open(LARGE);
    three_marked(&mut terminal);
    let file = place.file("view.parquet");
    // The second choice of rows, and of formats.
    export_to(&mut terminal, "the 3 marked users", &[(0, 1), (1, 1)], &file);
    let tables = Tables::of(&place);
    let users = tables.likeliest_to_leave("Cart abandoners", 0.5);
    done(&mut terminal, &file, &format!("{} rows", users.len()));
    let written = ParquetReader::new(File::open(&file).unwrap()).finish().unwrap();
    assert!(users.len() > 3);
    let ids: Vec<i64> = written.column("user_id").unwrap().i64().unwrap().iter().map(Option::unwrap).collect();
    assert_eq!(ids, users);
    for column in written.columns() {
        let source = tables.frame_with(column.name()).column(column.name()).unwrap();
        assert_eq!(column.dtype(), source.dtype(), "{}", column.name());
        for (row, user) in users.iter().enumerate() {
            assert_eq!(column.get(row).unwrap(), tables.value(*user, column.name()), "{}", column.name());
        }
    }
    quit(terminal);
}

#[test]
fn every_column_of_a_whole_segment_is_exported_as_json_lines() {
    let place = Place::shop();
    let mut terminal = place.open(LARGE);
    terminal.wait_for(LOADED);
    // A pane that shows only some of the columns.
    terminal.send("4");
    terminal.wait_for_all(&[ALL_USERS, "Likely to leave ▼2", "threshold 50 %: "]);
    terminal.send("fsegment = 'Returning shoppers' and churn > 0.9\r");
    terminal.wait_for("where segment = 'Returning shoppers'");
    let file = place.file("segment.jsonl");
    // The view, then the segment of the row under the cursor; JSON Lines; all columns.
    export_to(&mut terminal, "the view: its", &[(0, 1), (1, 2), (2, 1)], &file);
    let tables = Tables::of(&place);
    let mut users = tables.likeliest_to_leave("Returning shoppers", -1.0);
    done(&mut terminal, &file, &format!("{} rows", users.len()));
    let text = fs::read_to_string(&file).unwrap();
    let rows: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut ids: Vec<i64> = rows.iter().map(|row| row["user_id"].as_i64().unwrap()).collect();
    ids.sort_unstable();
    users.sort_unstable();
    assert_eq!(ids, users);
    let all: usize = tables.0.iter().map(|frame| frame.width() - 1).sum();
    for row in &rows {
        let user = row["user_id"].as_i64().unwrap();
        let fields = row.as_object().unwrap();
        assert_eq!(fields.len(), all + 1);
        for (column, value) in fields {
            match value {
                serde_json::Value::Null => assert_eq!(tables.value(user, column), AnyValue::Null, "{column}"),
                serde_json::Value::String(text) => tables.assert_field(user, column, text),
                number => tables.assert_field(user, column, &number.to_string()),
            }
        }
    }
    quit(terminal);
}

#[test]
fn what_cannot_be_written_is_told_before_anything_is() {
    let place = Place::shop();
    let mut terminal = place.open(LARGE);
    to_users(&mut terminal);
    let missing = place.file("no such folder/users.csv");
    export_to(&mut terminal, "all 1,830 users", &[], &missing);
    terminal.wait_for("There is no folder");
    terminal.send(ESC);
    terminal.wait_without("There is no folder");
    let folder = place.file("");
    export_to(&mut terminal, "all 1,830 users", &[], &folder);
    terminal.wait_for("is a folder");
    terminal.send(ESC);
    terminal.wait_without("is a folder");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    quit(terminal);
}
