//! What a user relies on, tested at the level a user feels: the binary on files, its screens, its terminal.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod analyst;
mod appended;
mod architecture;
mod bench;
mod benchmark;
mod campaigns;
mod columns;
mod docs;
mod every_command;
mod exits;
mod fetch;
mod golden;
mod headless;
mod honest_runs;
mod hostile_input;
mod hostile_names;
mod init;
mod init_screen;
mod keys;
mod layouts;
mod panes;
mod pty;
mod sample;
mod screens;
mod settings;
mod signals;
mod stray;
mod tables;
mod terminal;
mod tour;
mod trust;
mod trust_workspace;
mod versions;
mod wire;
mod workspace;
