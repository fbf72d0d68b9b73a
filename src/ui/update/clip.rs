//! Text for the clipboard of the reader's own machine.

use crate::ui::app::App;
use crate::ui::clipboard::{self, Through};
use crate::ui::effect::{Effect, Effects};
use crate::ui::widgets::text;

/// Sends text to the clipboard of the reader's own machine and says so.
pub(super) fn copy(app: &mut App, what: &str, words: &str) -> Effects {
    let shown = text::fit(&text::clean(words), 40, &app.theme().glyphs.cut);
    match clipboard::copy(words, Through::detect()) {
        Ok(bytes) => {
            let note = format!("copied {what}: {shown}");
            match app.grid_mut() {
                Some(grid) => grid.note = Some(note),
                None => app.note = Some(note),
            }
            vec![Effect::Copy(bytes)]
        }
        Err(error) => {
            app.tell("Copy", &error);
            Vec::new()
        }
    }
}
