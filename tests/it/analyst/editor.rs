//! A query in the analyst's own editor, which has the terminal to itself meanwhile.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::analyst::quit;
use crate::pty::{LARGE, Place};
use crate::sample::LOADED;

/// An editor that says that it is there, waits for a line, and writes a query; or fails.
fn editor(place: &Place, ends: &str) -> String {
    let path = place.file("editor.sh");
    let script = format!(
        "#!/bin/sh\nfor file; do :; done\necho \"EDITING $(cat \"$file\") WITH $1\"\nread line\n\
         printf 'select count(*) as counted\\nfrom users\\n' > \"$file\"\nexit {ends}\n"
    );
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_query_is_written_in_an_editor_of_ones_own() {
    let place = Place::shop();
    let start = place.start().size(LARGE).environment("EDITOR", &format!("{} -x", editor(&place, "0")));
    let mut terminal = start.environment("VISUAL", "").open();
    terminal.wait_for(LOADED);
    let own = terminal.termios();
    terminal.send("8w");
    terminal.wait_for("Query: Alt-Enter");
    terminal.send("select 7\u{f}");
    terminal.wait_for("EDITING select 7 WITH -x");
    assert_eq!(terminal.termios(), terminal.before(), "the editor has the terminal as it was");
    terminal.send("\r");
    terminal.wait_for_all(&["Query: Alt-Enter", "from users"]);
    assert_eq!(terminal.termios(), own);
    terminal.send("\r");
    terminal.wait_for_all(&["counted", "1,830"]);
    quit(terminal);
}

#[test]
fn an_editor_that_fails_leaves_the_query_as_it_was() {
    let place = Place::shop();
    let mut terminal = place.start().size(LARGE).environment("VISUAL", &editor(&place, "3")).open();
    terminal.wait_for(LOADED);
    terminal.send("8w");
    terminal.wait_for("Query: Alt-Enter");
    terminal.send("select 7\u{f}");
    terminal.wait_for("EDITING select 7");
    terminal.send("\r");
    terminal.wait_for("stays as it was");
    terminal.send("\r");
    terminal.wait_without("stays as it was");
    assert!(terminal.wait_for("Query: Alt-Enter").contains("select 7"));
    terminal.send("\u{1b}");
    terminal.wait_without("Query: Alt-Enter");
    quit(terminal);
}
