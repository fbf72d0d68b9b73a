//! What the program promises when something goes wrong, each promise held by a test: `docs/promises.md` names them.
//!
//! `place` gives every test a home, a log and a workspace of its own and looks at what became of them.

pub mod place;
