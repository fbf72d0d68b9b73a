//! Panics of libraries, caught where they may happen and told to the log alone. May import nothing of the crate.
//!
//! A library's own checks answer some damaged files and failing disks with a panic. Whoever reads such a file calls the
//! library through [`caught`] and makes an error of it that names the file.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static CATCHING: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; a panic on this thread is given back as its text and printed nowhere.
///
/// What `work` leaves half done is not looked at again by those who call this: they give up what they were reading.
pub fn caught<T>(work: impl FnOnce() -> T) -> std::result::Result<T, String> {
    quieten();
    let before = CATCHING.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    CATCHING.set(before);
    outcome.map_err(|panic| text(panic.as_ref()).to_owned())
}

/// Tells the panics of this thread to the log alone, for as long as it lives: whatever runs on it catches them.
pub fn quiet_thread() {
    quieten();
    CATCHING.set(true);
}

/// Lets the panics that [`caught`] catches pass by whatever tells of panics otherwise.
fn quieten() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let earlier = take_hook();
        set_hook(Box::new(move |panic| {
            if CATCHING.get() {
                tracing::warn!(%panic, "a library panicked");
            } else {
                earlier(panic);
            }
        }));
    });
}

/// What a panic says.
pub fn text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use super::*;

    #[test]
    fn a_panic_is_its_text_and_the_thread_goes_on() {
        assert_eq!(caught(|| 7), Ok(7));
        assert_eq!(caught(|| -> u8 { panic!("row {}", 3) }), Err("row 3".to_owned()));
        assert!(!CATCHING.get());
    }
}
