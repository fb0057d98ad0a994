//! Everyday commands for people who work on `rev`: demo, test, bench, ci.

fn main() {}
