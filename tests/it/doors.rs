//! Programs of the user's own on keys, and the user's page in another system.

use std::fs;
use std::process::Command;

use crate::headless::path;
use crate::pty::{Place, USER360};
use crate::sample::{self, LOADED};

fn settings(place: &Place, text: &str) {
    fs::write(place.config("config.toml"), text).unwrap();
}

#[test]
fn a_key_runs_a_program_with_the_user_and_the_rows_in_sight() {
    let place = Place::shop();
    let (seen, rows) = (place.file("seen"), place.file("rows.csv"));
    settings(
        &place,
        &format!(
            "[[commands]]\nname = \"To the CRM\"\nkey = \"F5\"\nrun = [\"sh\", \"-c\", 'cp \"$2\" \"$3\"; stat -c %a \"$2\" > \"$4\"; echo \"user $1 came\"', \"-\", \"{{user_id}}\", \"{{file}}\", \"{}\", \"{}\"]\n",
            path(&rows),
            path(&seen)
        ),
    );
    let mut terminal = place.start().size((40, 120)).open();
    terminal.wait_for(LOADED);
    terminal.send("2");
    terminal.wait_for(sample::ALL_USERS);
    terminal.send("fuser_id < 5\r");
    terminal.wait_for("5 of 1,830");
    terminal.send("gj\u{1b}[15~");
    let screen = terminal.wait_for("user 1 came");
    assert!(screen.contains("To the CRM") && screen.contains("done"), "{screen}");
    let text = fs::read_to_string(&rows).unwrap();
    assert_eq!(text.lines().count(), 6, "{text}");
    assert!(text.starts_with("user_id,"), "{text}");
    assert_eq!(fs::read_to_string(&seen).unwrap().trim(), "600");
    terminal.send(":crm");
    terminal.wait_for("a program of your own");
    terminal.send("\u{1b}");
    terminal.wait_without("a program of your own");
    terminal.send("q");
    assert!(terminal.assert_restored().success());
}

#[test]
fn a_workspace_runs_no_program_and_a_taken_key_is_refused() {
    let place = Place::shop();
    let rule = "[[commands]]\nname = \"x\"\nkey = \"KEY\"\nrun = [\"true\"]\n";
    fs::write(place.workspace().join("user360.toml"), rule.replace("KEY", "F5")).unwrap();
    let mut terminal = place.start().size((40, 120)).open();
    terminal.wait_for(LOADED);
    terminal.send(":");
    terminal.wait_for("Commands");
    assert!(!terminal.look(|screen| screen.contents().contains("a program of your own")));
    terminal.send("\u{1b}");
    terminal.wait_without("Commands");
    terminal.send("q");
    assert!(terminal.assert_restored().success());

    settings(&place, &rule.replace("KEY", "f"));
    let doctor = Command::new(USER360)
        .args(["doctor", "--workspace", path(&place.workspace())])
        .envs(place.folders())
        .output()
        .unwrap();
    let said = String::from_utf8(doctor.stdout).unwrap();
    assert!(said.contains("commands    WRONG") && said.contains("f is bound to filter"), "{said}");
    assert_eq!(doctor.status.code(), Some(1));
}

#[test]
fn the_users_page_elsewhere_is_an_address_on_the_clipboard() {
    let place = Place::shop();
    fs::write(place.workspace().join("user360.toml"), "[links]\nuser = \"https://crm.example/{user_id}/orders\"\n")
        .unwrap();
    let mut terminal = place.start().size((40, 120)).open();
    terminal.wait_for(LOADED);
    terminal.send("2");
    terminal.wait_for(sample::ALL_USERS);
    terminal.send("gjjO");
    terminal.wait_for("copied the address: https://crm.example/2/orders");
    terminal.send("1");
    terminal.wait_for(LOADED);
    terminal.send("O");
    terminal.wait_for("there is no user here");
    terminal.send("q");
    assert!(terminal.assert_restored().success());
}
