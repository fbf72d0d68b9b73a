//! The `user360` command.

fn main() {}
