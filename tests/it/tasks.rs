//! What an analyst does in a day, by keys alone in a real terminal: slowly, each task answered before the next begins, and as
//! fast as keys can be sent. Both come to the same.

use std::fs;

use crate::pty::{ENTER, ESC, LARGE, Place, RIGHT, TAB, Terminal};
use crate::sample::{ALL_USERS, LOADED};

/// A task, its keys, and what the screen says once it is done.
type Task = (&'static str, String, Vec<String>);

fn task(what: &'static str, keys: &str, says: &[&str]) -> Task {
    (what, keys.to_owned(), says.iter().map(|words| (*words).to_owned()).collect())
}

/// The tasks, in the order in which they are done. Files go into a folder.
fn tasks(folder: &str) -> Vec<Task> {
    let export = |name: &str| format!("e{TAB}{TAB}{TAB}{TAB}\u{15}{folder}/{name}{ENTER}");
    vec![
        // Find.
        task("see every user", "2", &[ALL_USERS, "row 1"]),
        task("go to the last", "G", &["row 1,830"]),
        task("go to the first", "g", &["row 1 "]),
        task("go to a row by its number", "#100\r", &["row 100"]),
        task("go a page on", "\u{6}", &["1,830 users"]),
        task("go half a page back", "\u{15}", &["1,830 users"]),
        task("find a user by the id", "g/177\r", &["row 178"]),
        task("find the next that holds it", "n", &["row 1,178"]),
        task("and the one before again", "N", &["row 178"]),
        task("find a segment by its name, whatever the case", "gl/RETURNING\r", &["Returning shoppers"]),
        task("find a figure as it is shown", "gl/99.9 %\r", &["99.9 %"]),
        // Sort.
        task("order by what is likely", "ghl", &["row 1 "]),
        task("sort up", "s", &["Likely to leave ▲"]),
        task("sort down", "s", &["Likely to leave ▼"]),
        task("sort by the segment", "hs", &["Segment ▲"]),
        task("then by the likelihood", "lS", &["Segment ▲1", "Likely to leave ▲2"]),
        task("undo the second order", "u", &["Segment ▲ "]),
        task("do it again", "\u{12}", &["Likely to leave ▲2"]),
        task("take all back", "0", &[ALL_USERS]),
        // Filter.
        task("filter by an expression", "fviews > 3\r", &["where views > 3"]),
        task("reset", "0", &[ALL_USERS]),
        task("filter as people write", "fchurn > 80 %\r", &["where churn > 0.8"]),
        task("filter the rest by a cell", "0ghF", &["where segment ="]),
        task("undo", "u", &[ALL_USERS]),
        task("see why a filter is wrong", "fchurm > 0.5\r", &["did you mean churn?"]),
    ]
    .into_iter()
    .chain([
        ("mend it", "\u{15}churn > 0.5\r".to_owned(), vec!["where churn > 0.5".to_owned()]),
        ("reset it", "0".to_owned(), vec![ALL_USERS.to_owned()]),
        // Look up.
        ("explain a column", "glK".to_owned(), vec!["in filters, SQL and files".to_owned()]),
        ("close the words", "K".to_owned(), vec![ALL_USERS.to_owned()]),
        ("open a user", format!("g{ENTER}"), vec!["Why so likely to leave".to_owned()]),
        ("explain the page", "K".to_owned(), vec!["lines 1-".to_owned()]),
        ("close them", "K".to_owned(), vec!["Activity by week".to_owned()]),
        ("mark the user on the page", " ".to_owned(), vec!["marked".to_owned()]),
        ("go back", "\u{7f}".to_owned(), vec!["1 marked".to_owned()]),
        // Mark.
        ("mark the next three", "j   ".to_owned(), vec!["4 marked".to_owned()]),
        ("mark a range", "vjj ".to_owned(), vec!["7 marked".to_owned()]),
        ("invert", "i".to_owned(), vec!["1,823 marked".to_owned()]),
        ("invert again", "i".to_owned(), vec!["7 marked".to_owned()]),
        ("take the last mark back", "uuu".to_owned(), vec!["4 marked".to_owned()]),
        // Arrange.
        ("hide a column", "gl-".to_owned(), vec!["1 column hidden".to_owned()]),
        ("undo that", "u".to_owned(), vec![ALL_USERS.to_owned()]),
        ("pin one", "p".to_owned(), vec!["4 marked".to_owned()]),
        ("let it go", "p".to_owned(), vec!["4 marked".to_owned()]),
        ("make it wider", ">>".to_owned(), vec!["4 marked".to_owned()]),
        ("make it fit", "_".to_owned(), vec!["4 marked".to_owned()]),
        // Export.
        ("export the marked", export("marked.csv"), vec!["Exported".to_owned(), "4 rows".to_owned()]),
        ("leave the note", ESC.to_owned(), vec!["4 marked".to_owned()]),
        // Segments.
        ("see the segments", "3".to_owned(), vec!["5 segments".to_owned(), "Profile of".to_owned()]),
        ("see its page", "go".to_owned(), vec!["everybody".to_owned()]),
        ("leave it", "\u{7f}".to_owned(), vec!["5 segments".to_owned()]),
        ("see its users", ENTER.to_owned(), vec!["where segment =".to_owned()]),
        ("see all again", "0".to_owned(), vec![ALL_USERS.to_owned()]),
        // Models.
        ("see who leaves", "4".to_owned(), vec!["threshold 50 %".to_owned()]),
        ("raise the threshold", RIGHT.repeat(10), vec!["threshold 60 %".to_owned()]),
        ("turn to the next chart", "]".to_owned(), vec!["chart 2 of 5".to_owned()]),
        ("see what they are worth", "5".to_owned(), vec!["Purchases expected, 60 d ▼".to_owned()]),
        ("see what to offer", "6".to_owned(), vec!["For user".to_owned()]),
        ("see whom to persuade", "7".to_owned(), vec!["budget".to_owned()]),
        // Ask.
        (
            "ask a question",
            format!("8wselect segment, count(*) as n from users group by segment order by n desc{ENTER}"),
            vec!["5 rows".to_owned()],
        ),
        ("look at a row of the answer", format!("g{ENTER}"), vec!["› Row 1".to_owned()]),
        ("come back", "\u{7f}".to_owned(), vec!["5 rows".to_owned()]),
        ("end at the users", "2".to_owned(), vec![ALL_USERS.to_owned(), "4 marked".to_owned()]),
    ])
    .collect()
}

/// The screen at the end, and the file.
fn done(terminal: Terminal, file: &std::path::Path) -> (String, String) {
    terminal.come_to_rest();
    let screen = terminal.look(vt100::Screen::contents);
    let mut terminal = terminal;
    terminal.send("q");
    assert!(terminal.assert_restored().success());
    (screen, fs::read_to_string(file).unwrap())
}

#[test]
fn sixty_tasks_come_to_the_same_slowly_and_as_fast_as_keys_can_be_sent() {
    let (slow_place, fast_place) = (Place::shop(), Place::shop());
    let folder = |place: &Place| place.file("marked.csv").parent().unwrap().display().to_string();
    let slow_tasks = tasks(&folder(&slow_place));
    assert!(slow_tasks.len() >= 60, "{} tasks", slow_tasks.len());
    let mut slow = slow_place.open(LARGE);
    slow.wait_for(LOADED);
    for (_, keys, says) in &slow_tasks {
        slow.send(keys);
        let says: Vec<&str> = says.iter().map(String::as_str).collect();
        slow.wait_for_all(&says);
    }
    let slow = done(slow, &slow_place.file("marked.csv"));

    let mut fast = fast_place.open(LARGE);
    fast.wait_for(LOADED);
    let (before, after): (Vec<Task>, Vec<Task>) = {
        let mut all = tasks(&folder(&fast_place));
        let written = all.iter().position(|(what, ..)| *what == "export the marked").unwrap();
        let after = all.split_off(written + 1);
        (all, after)
    };
    // An export is a file: nothing is typed over its note before it is there.
    for part in [before, after] {
        let keys: String = part.iter().map(|(_, keys, _)| keys.as_str()).collect();
        fast.send(&keys);
        let last: Vec<&str> = part.last().unwrap().2.iter().map(String::as_str).collect();
        fast.wait_for_all(&last);
    }
    let fast = done(fast, &fast_place.file("marked.csv"));
    assert_eq!(slow.1, fast.1, "the list");
    let trimmed = |screen: &str| screen.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    assert_eq!(trimmed(&slow.0), trimmed(&fast.0), "the screen");
}
