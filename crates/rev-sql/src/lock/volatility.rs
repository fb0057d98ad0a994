//! Which defaults give every row the same value, so that a new column needs no rewrite.

use crate::alter_table::Column;

/// Whether a default is evaluated once or for every row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Volatility {
    /// Constant or stable: once.
    Once,
    /// For every row.
    EachRow,
    /// It calls a function that is not known here.
    Unknown,
}

/// Functions that give another value at each call.
const VOLATILE: &[&str] = &[
    "clock_timestamp",
    "currval",
    "gen_random_bytes",
    "gen_random_uuid",
    "gen_salt",
    "lastval",
    "nextval",
    "pg_advisory_lock",
    "pg_current_wal_lsn",
    "pg_sleep",
    "random",
    "random_normal",
    "setval",
    "statement_random",
    "timeofday",
    "txid_current",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "uuidv4",
    "uuidv7",
];

/// Functions of the server that do not, as far as defaults use them.
const STABLE: &[&str] = &[
    "abs",
    "age",
    "array",
    "array_fill",
    "box",
    "ceil",
    "coalesce",
    "concat",
    "concat_ws",
    "convert_from",
    "convert_to",
    "current_database",
    "current_date",
    "current_schema",
    "current_setting",
    "current_time",
    "current_timestamp",
    "current_user",
    "date",
    "date_part",
    "date_trunc",
    "decode",
    "digest",
    "encode",
    "extract",
    "floor",
    "format",
    "greatest",
    "hashtext",
    "initcap",
    "int4range",
    "int8range",
    "daterange",
    "tsrange",
    "tstzrange",
    "numrange",
    "inet_client_addr",
    "json_build_array",
    "json_build_object",
    "json_object",
    "jsonb_build_array",
    "jsonb_build_object",
    "jsonb_object",
    "least",
    "left",
    "length",
    "localtime",
    "localtimestamp",
    "lower",
    "lpad",
    "make_date",
    "make_interval",
    "make_time",
    "make_timestamp",
    "make_timestamptz",
    "md5",
    "mod",
    "now",
    "nullif",
    "numeric",
    "overlay",
    "point",
    "position",
    "power",
    "repeat",
    "replace",
    "right",
    "round",
    "row",
    "rpad",
    "session_user",
    "sha256",
    "split_part",
    "sqrt",
    "statement_timestamp",
    "string_to_array",
    "substr",
    "substring",
    "timezone",
    "to_char",
    "to_date",
    "to_json",
    "to_jsonb",
    "to_number",
    "to_timestamp",
    "to_tsquery",
    "to_tsvector",
    "transaction_timestamp",
    "trim",
    "trunc",
    "upper",
    "varchar",
    "char",
    "interval",
    "timestamp",
    "timestamptz",
    "time",
    "bit",
];

/// Judges a column's default.
pub(crate) fn volatility(column: &Column) -> Volatility {
    let mut result = Volatility::Once;
    for call in &column.default_calls {
        if VOLATILE.contains(&call.as_str()) {
            return Volatility::EachRow;
        }
        if !STABLE.contains(&call.as_str()) {
            result = Volatility::Unknown;
        }
    }
    result
}

/// The names of the server's own scalar types.
const TYPES: &[&str] = &[
    "bigint",
    "bit",
    "bit varying",
    "bool",
    "boolean",
    "box",
    "bpchar",
    "bytea",
    "char",
    "character",
    "character varying",
    "cidr",
    "circle",
    "date",
    "datemultirange",
    "daterange",
    "dec",
    "decimal",
    "double precision",
    "float",
    "float4",
    "float8",
    "inet",
    "int",
    "int2",
    "int4",
    "int4multirange",
    "int4range",
    "int8",
    "int8multirange",
    "int8range",
    "integer",
    "interval",
    "json",
    "jsonb",
    "jsonpath",
    "line",
    "lseg",
    "macaddr",
    "macaddr8",
    "money",
    "name",
    "national character",
    "nchar",
    "numeric",
    "nummultirange",
    "numrange",
    "oid",
    "path",
    "pg_lsn",
    "point",
    "polygon",
    "real",
    "regclass",
    "regproc",
    "regtype",
    "smallint",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "tsmultirange",
    "tsquery",
    "tsrange",
    "tstzmultirange",
    "tstzrange",
    "tsvector",
    "uuid",
    "varbit",
    "varchar",
    "xid8",
    "xml",
    "serial",
    "bigserial",
    "smallserial",
    "serial2",
    "serial4",
    "serial8",
];

/// Tells whether the type is one of the server's own, an array of one included; a domain is not.
pub(crate) fn is_builtin_type(type_text: &str) -> bool {
    // Quoted names keep their case, and the server's own are not written that way.
    if type_text.contains('"') {
        return false;
    }
    let text = type_text.to_ascii_lowercase();
    let text = text.strip_prefix("pg_catalog.").unwrap_or(&text);
    let base = text.split(['(', '[']).next().unwrap_or(text);
    let base = base.split(" with").next().unwrap_or(base).trim();
    let base = base.strip_suffix(" array").unwrap_or(base);
    TYPES.contains(&base) || base.starts_with("interval ") || base.ends_with(" array")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types() {
        for text in [
            "int",
            "Integer[]",
            "timestamp(3) with time zone",
            "character varying(20)",
            "numeric(10,2)",
            "interval day to second",
            "pg_catalog.int4",
            "timestamp without time zone",
            "int ARRAY[3]",
        ] {
            assert!(is_builtin_type(text), "{text}");
        }
        for text in ["mood", "s.email", "\"Int\"", "citext"] {
            assert!(!is_builtin_type(text), "{text}");
        }
    }
}
