//! `embed_revisions!("revisions")`: the folder's files as part of the program.
//!
//! A macro by example cannot list a folder, hence a crate of its own; it needs nothing but the compiler. Use it through
//! `rev_engine::embed_revisions!`.

use proc_macro::{TokenStream, TokenTree};
use std::path::{Path, PathBuf};

/// Expands to a `rev_engine::Embedded` with all `.sql` files of a folder, which is relative to the package's root.
///
/// The compiler notices when one of the files changes. For it to notice a new file, let a build script print
/// `cargo:rerun-if-changed=revisions`.
#[proc_macro]
pub fn embed_revisions(input: TokenStream) -> TokenStream {
    match expand(input) {
        Ok(text) => text.parse().unwrap_or_default(),
        Err(message) => format!("compile_error!({message:?})")
            .parse()
            .unwrap_or_default(),
    }
}

fn expand(input: TokenStream) -> Result<String, String> {
    let folder = folder_of(input)?;
    let root = std::env::var("CARGO_MANIFEST_DIR")
        .map_err(|_| "cargo does not say where the package is".to_owned())?;
    let folder = Path::new(&root).join(folder);
    let mut files = Vec::new();
    collect(&folder, &mut files)?;
    files.sort();
    let mut text = String::from("::rev_engine::Embedded::new(&[");
    for file in files {
        let shown = file.strip_prefix(&root).unwrap_or(&file);
        let (shown, path) = (shown.display().to_string(), file.display().to_string());
        text.push_str(&format!("({shown:?}, include_str!({path:?})),"));
    }
    text.push_str("])");
    Ok(text)
}

fn folder_of(input: TokenStream) -> Result<String, String> {
    let mut tokens = input.into_iter();
    let (Some(TokenTree::Literal(literal)), None) = (tokens.next(), tokens.next()) else {
        return Err("write embed_revisions!(\"revisions\")".to_owned());
    };
    let text = literal.to_string();
    text.strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .filter(|text| !text.contains('\\'))
        .map(str::to_owned)
        .ok_or_else(|| "the folder must be a plain string".to_owned())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries =
        std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "sql") {
            files.push(path);
        }
    }
    Ok(())
}
