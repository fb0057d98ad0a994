//! The text of a revision file, written and read.
