//! What a piece of SQL is: statements, directives, facts, fingerprints.
