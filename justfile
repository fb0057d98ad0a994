# Short names for what people type daily; the logic is in `cargo xtask`.

default:
    @just --list

# The main job on a throw-away Postgres, ending with the drawn graph
demo *args:
    cargo xtask demo {{args}}

# Format and lint
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# Every test on a real Postgres
test *args:
    cargo xtask test {{args}}

# Ratios against psql, pg_dump and grep
bench *args:
    cargo xtask bench {{args}}

# The book and the API pages
book:
    cargo xtask docs

# What continuous integration runs
ci:
    cargo xtask ci
