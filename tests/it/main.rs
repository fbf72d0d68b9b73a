//! The program as its users meet it: files, processes, terminals.

mod workspace;
