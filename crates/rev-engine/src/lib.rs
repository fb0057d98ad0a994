//! Carries plans out on Postgres and on revision files.
