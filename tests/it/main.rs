//! Tests at the level a user feels, all in one binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod screens;
mod shop;
mod terminal;
