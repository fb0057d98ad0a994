//! The book and the API pages.

use crate::shell::{self, Options, Outcome};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds both and checks that every link between pages leads somewhere.
pub(crate) fn run(_: &Options) -> Outcome {
    check_links()?;
    shell::step(
        shell::cargo([
            "doc",
            "--workspace",
            "--no-deps",
            "--document-private-items",
            "--quiet",
        ])
        .env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    if shell::exists("mdbook") {
        return shell::step(
            Command::new("mdbook")
                .arg("build")
                .arg(shell::root().join("docs")),
        );
    }
    eprintln!(
        "note: no `mdbook` on PATH, so the book was checked but not drawn; `cargo install mdbook` gets it"
    );
    Ok(())
}

fn check_links() -> Outcome {
    let root = shell::root();
    let mut pages = Vec::new();
    for name in [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
    ] {
        pages.push(root.join(name));
    }
    collect(&root.join("docs/src"), &mut pages);
    collect(&root.join("examples"), &mut pages);
    let summary = std::fs::read_to_string(root.join("docs/src/SUMMARY.md"))
        .map_err(|error| format!("docs/src/SUMMARY.md: {error}"))?;
    let mut broken = Vec::new();
    for page in &pages {
        let text = std::fs::read_to_string(page)
            .map_err(|error| format!("{}: {error}", page.display()))?;
        let shown = page.strip_prefix(&root).unwrap_or(page).display();
        for target in links(&text) {
            let folder = page.parent().unwrap_or(Path::new("."));
            if !folder.join(target).exists() {
                broken.push(format!("{shown}: no file `{target}`"));
            }
        }
        if let Ok(inside) = page.strip_prefix(root.join("docs/src"))
            && inside != Path::new("SUMMARY.md")
            && !summary.contains(&format!("({})", inside.display()))
            && !summary.contains(&format!("(./{})", inside.display()))
        {
            broken.push(format!("{shown}: not listed in SUMMARY.md"));
        }
    }
    if broken.is_empty() {
        println!(
            "{} pages, every link between them leads somewhere",
            pages.len()
        );
        Ok(())
    } else {
        Err(broken.join("\n       "))
    }
}

/// Link targets that name a file of this repository, without their fragment.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines()
        .filter(move |line| {
            let fence = line.trim_start().starts_with("```");
            fenced ^= fence;
            !fenced && !fence
        })
        .flat_map(|line| line.split("](").skip(1))
        .filter_map(|rest| rest.split(')').next())
        .map(|target| target.split('#').next().unwrap_or_default())
        .filter(|target| {
            !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:")
        })
}

fn collect(folder: &Path, pages: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, pages);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
}
