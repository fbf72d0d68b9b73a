//! What the terminal sends: keys, pastes, changes of focus – and its answers to questions, which are no keys.
//!
//! [`Parser`] turns bytes into crossterm's events; it knows no clock and no file. [`Reader`] reads the terminal on a
//! thread of its own, gives the parser its time-outs, and notices when the terminal is gone. Imports nothing of the
//! crate but its errors.
//!
//! To drive the parser with any bytes, as a fuzzer does:
//!
//! ```
//! use std::time::Duration;
//! use user360::ui::input::{Input, Parser};
//!
//! let mut parser = Parser::new();
//! let mut found = Vec::new();
//! parser.feed(b"\x1b[?2026;2$y", &mut found);
//! parser.feed(b"q\x1b[<0;1", &mut found);
//! assert!(parser.patience().is_some() && parser.held() <= Parser::MOST_HELD);
//! // Time passes without another byte: what is unfinished is given up.
//! parser.pass(Duration::from_secs(2), &mut found);
//! assert_eq!((parser.patience(), parser.held()), (None, 0));
//! assert!(matches!(found[..], [Input::Reply(_), Input::Event(_)]));
//! ```

mod keys;
mod parser;
mod reader;
mod reply;
#[cfg(test)]
mod tests;

pub use parser::{Input, Parser};
pub use reader::Reader;
pub(super) use reader::hung_up;
pub use reply::{ColourOf, ModeState, Reply, Scheme};
