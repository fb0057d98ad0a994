//! Which revisions exist, and which steps lead from here to there.
