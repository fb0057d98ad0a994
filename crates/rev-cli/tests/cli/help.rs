use crate::{project, session};
use rev_engine::codes::ERROR_CODES;

#[test]
fn no_command_is_a_usage_error() {
    let output = project(&[]).rev(Vec::<&str>::new());
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("Usage: rev"));
}

/// Every command's manual fits a terminal, has an example and says how it ends.
#[test]
fn every_command_has_a_manual() {
    let project = project(&[]);
    let overview = project.ok(["-h"]).stdout;
    let commands: Vec<&str> = overview
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.len() > 10, "{commands:?}");
    for command in commands
        .iter()
        .filter(|command| !["help", "list-templates", "completions", "man"].contains(command))
    {
        let help = project.ok([command, "--help"]).stdout;
        assert!(
            help.contains(&format!("    rev {command}")),
            "{command} has an example"
        );
        assert!(help.contains("Exit codes:"), "{command} says how it ends");
        assert!(
            help.lines().all(|line| line.chars().count() <= 100),
            "{command}'s manual fits a terminal"
        );
    }
}

#[test]
fn words_that_are_nearly_right() {
    insta::assert_snapshot!(session(
        &project(&[]),
        &[
            &["upgarde"],
            &["heads", "--resolve-dependency"],
            &["heads", "--format", "svg"]
        ]
    ));
}

#[test]
fn completions_and_manual_pages() {
    let project = project(&[]);
    for shell in ["bash", "zsh", "fish"] {
        assert!(
            project
                .ok(["completions", shell])
                .stdout
                .contains("list-templates")
        );
    }
    assert!(project.ok(["man"]).stdout.starts_with(".ie"));
    project.ok(["man", "--dir", "pages"]);
    assert!(project.path().join("pages/rev-merge.1").exists());
}

/// The page of error codes is the table of the program: `REV_UPDATE_DOCS=1 cargo test` writes it.
#[test]
fn the_documented_error_codes_are_the_programs() {
    let mut page = String::from(
        "# Error codes\n\nWith `--format json`, `error.code` is one of these. The exit code of the process follows from it.\n\n| code | exit | when |\n|---|---|---|\n",
    );
    for line in ERROR_CODES {
        page.push_str(&format!(
            "| `{}` | {} | {} |\n",
            line.code,
            line.exit.number(),
            line.meaning
        ));
    }
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/src/reference/error-codes.md");
    if std::env::var_os("REV_UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).expect("writes");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == page,
        "{} is not the program's table: run this test with REV_UPDATE_DOCS=1",
        path.display()
    );
}
