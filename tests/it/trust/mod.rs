//! What the program promises when something goes wrong, each promise held by a test: `docs/promises.md` names them.
//!
//! `place` gives every test a home, a log and a workspace of its own, and `state` looks at what became of the workspace;
//! `cases` tries many cases of one kind; `mutants` makes inputs that nobody would write; `faults` makes system calls fail.

mod cases;
#[cfg(target_os = "linux")]
mod faults;
mod flips;
mod fuzz;
mod growth;
mod hostile;
mod kills;
mod mutants;
mod newer;
mod outside;
pub mod place;
mod promises;
#[cfg(target_os = "linux")]
mod reads;
mod state;
mod targets;
#[cfg(target_os = "linux")]
mod writes;
