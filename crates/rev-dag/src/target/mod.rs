//! What a person asks for: [`parse`] reads the text, [`resolve`] finds what it means here and now.

pub mod parse;
pub(crate) mod resolve;
