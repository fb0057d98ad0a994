//! For tests: throw-away Postgres, projects in temporary folders, snapshot filters.
