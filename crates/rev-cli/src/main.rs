//! The terminal: arguments, words, colours, exit codes.

fn main() {}
