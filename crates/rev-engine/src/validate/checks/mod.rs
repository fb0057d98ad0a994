//! The checks: one file each, listed once.

use super::Check;

mod btree_contents;
mod check_violations;
mod collations;
mod constraints;
mod duplicate_keys;
mod foreign_keys;
mod functions;
mod heap_pages;
mod indexes;
mod partitions;
mod row_security;
mod sequences;
mod server;
mod triggers;
mod unlogged;
mod views;

/// Every check there is: cheap looks at the catalogue first, reads of whole tables last.
pub const CHECKS: &[Check] = &[
    indexes::CHECK,
    constraints::CHECK,
    triggers::CHECK,
    row_security::CHECK,
    collations::CHECK,
    unlogged::CHECK,
    server::CHECK,
    sequences::CHECK,
    views::CHECK,
    functions::CHECK,
    partitions::CHECK,
    foreign_keys::CHECK,
    check_violations::CHECK,
    duplicate_keys::CHECK,
    btree_contents::CHECK,
    heap_pages::CHECK,
];
