//! Every command that a page shows is run here, and its output is compared.
//!
//! A page is any Markdown file of the repository that a user reads. Its `console` blocks
//! are one story: commands behind `$ ` run one after the other in a folder of their own
//! (a copy of the page's folder for the examples, an empty one elsewhere, a copy of the
//! folder named by `<!-- project: PATH -->` where a page asks for it, with the revisions
//! of `<!-- history: PATH -->`). What follows a command is what it prints, on both streams:
//!
//! - `...` alone on a line stands for any lines, `[..]` for anything within a line;
//! - durations count as equal; `[exit 3]` closes the output of a command that ends so;
//! - a block fenced as `console,norun` is shown and not run;
//! - `<!-- needs: COMMAND -->` skips the page, aloud, where the command fails.
//!
//! `REV_UPDATE_PAGES=1 cargo test -p rev-cli --test pages` writes what was printed into
//! the pages, to be read before it is committed.

use std::cell::Cell;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

#[test]
fn pages_show_what_rev_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap();
    let only = std::env::var("REV_PAGE").unwrap_or_default();
    let mut pages = Vec::new();
    collect(&root.join("docs/src"), &mut pages);
    collect(&root.join("examples"), &mut pages);
    pages.push(root.join("README.md"));
    pages.retain(|page| page.to_string_lossy().contains(&only) && has_story(page));
    assert!(!pages.is_empty(), "no page with a console block found");

    let queue = Mutex::new(pages.into_iter());
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(page) = queue.lock().unwrap().next() else {
                        break;
                    };
                    if let Err(message) = check(&root, &page) {
                        let shown = page.strip_prefix(&root).unwrap().display();
                        failures.lock().unwrap().push(format!("{shown}\n{message}"));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "\n\n{}\n", failures.join("\n\n"));
}

/// A piece of a page: text that stands as it is, or a command with what it prints.
enum Piece {
    Text(String),
    Command {
        line: usize,
        script: String,
        output: Vec<String>,
    },
}

fn check(root: &Path, page: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(page).map_err(|error| error.to_string())?;
    for need in text
        .lines()
        .filter_map(|line| line.strip_prefix("<!-- needs: ")?.strip_suffix(" -->"))
    {
        if !shell(&root.join("examples"))
            .args(["-c", need])
            .status()
            .is_ok_and(|status| status.success())
        {
            rev_testkit::skipped(&format!("{} (`{need}` fails)", page.display()));
            return Ok(());
        }
    }
    let mut pieces = parse(&text);
    let sandbox = tempfile::tempdir().map_err(|error| error.to_string())?;
    let home = sandbox.path().join("work");
    std::fs::create_dir(&home).map_err(|error| error.to_string())?;
    if let Some(project) = project_of(root, page, &text) {
        copy(&project, &home).map_err(|error| format!("{}: {error}", project.display()))?;
    }
    if let Some(history) = marked(&text, "history") {
        let target = home.join("revisions");
        std::fs::create_dir(&target).map_err(|error| error.to_string())?;
        copy(&root.join(history), &target).map_err(|error| format!("{history}: {error}"))?;
    }
    let story = Story {
        sandbox: sandbox.path(),
        home: &home,
        minute: Cell::new(0),
    };
    let mut failures = String::new();
    let mut changed = false;
    for piece in &mut pieces {
        let Piece::Command {
            line,
            script,
            output,
        } = piece
        else {
            continue;
        };
        let printed = story.run(script)?;
        if !matches(output, &printed) {
            let _ = write!(
                failures,
                "line {line}: $ {script}\n--- the page says\n{}\n--- it printed\n{}\n",
                output.join("\n"),
                printed.join("\n")
            );
            *output = printed;
            changed = true;
        }
    }
    story.end();
    if changed && std::env::var_os("REV_UPDATE_PAGES").is_some() {
        return std::fs::write(page, unparse(&pieces)).map_err(|error| error.to_string());
    }
    if failures.is_empty() {
        Ok(())
    } else {
        Err(failures)
    }
}

struct Story<'a> {
    sandbox: &'a Path,
    home: &'a Path,
    minute: Cell<u32>,
}

impl Story<'_> {
    fn run(&self, script: &str) -> Result<Vec<String>, String> {
        let state = self.sandbox.join("state");
        let wrapped = format!(
            "cd '{home}'; [ -f '{state}' ] && . '{state}'; {{ {script}\n}} 2>&1; code=$?; \
             {{ export -p | grep -v REV_TEST_TIME; echo \"cd '$PWD'\"; }} > '{state}'; exit $code",
            home = self.home.display(),
            state = state.display(),
        );
        let mut command = shell(self.home);
        command.args(["-c", &wrapped]).env("HOME", self.sandbox);
        // A minute passes between two commands, so that identifiers and dates are the
        // same in every run and no two are alike.
        let minute = self.minute.get();
        self.minute.set(minute + 1);
        command.env(
            "REV_TEST_TIME",
            format!("2026-11-20T{:02}:{:02}:00Z", 9 + minute / 60, minute % 60),
        );
        let output = command.output().map_err(|error| format!("bash: {error}"))?;
        let mut lines: Vec<String> = String::from_utf8_lossy(&output.stdout)
            .replace(&self.home.display().to_string(), "/home/me/shop")
            .replace(&self.sandbox.display().to_string(), "/home/me")
            .lines()
            .map(|line| line.trim_end().to_owned())
            .collect();
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        match output.status.code() {
            Some(0) => {}
            Some(code) => lines.push(format!("[exit {code}]")),
            None => lines.push("[killed]".to_owned()),
        }
        Ok(lines)
    }

    /// Stops whatever embedded servers the story has started.
    fn end(&self) {
        let mut projects = Vec::new();
        find_projects(self.home, &mut projects);
        for project in projects {
            Command::new(env!("CARGO_BIN_EXE_rev"))
                .args(["dev", "stop"])
                .current_dir(project)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .ok();
        }
    }
}

/// A shell with this `rev` first on its PATH and nothing of this machine's settings.
fn shell(folder: &Path) -> Command {
    let rev = Path::new(env!("CARGO_BIN_EXE_rev"));
    let mut path = vec![rev.parent().unwrap().to_path_buf()];
    path.extend(std::env::var_os("REV_TEST_PYTHON").map(PathBuf::from));
    path.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    let home = std::env::var("HOME").unwrap_or_default();
    let mut command = Command::new("bash");
    command
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::join_paths(path).unwrap())
        .env("LANG", "C.UTF-8")
        .env("COLUMNS", "100")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env(
            "REV_CACHE_DIR",
            concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"),
        )
        .env("CARGO_HOME", format!("{home}/.cargo"))
        .env("RUSTUP_HOME", format!("{home}/.rustup"))
        .env(
            "CARGO_TARGET_DIR",
            rev.parent().unwrap().join("../examples-of-pages"),
        )
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for name in ["REV_POSTGRES_BIN", "TMPDIR", "CARGO_HOME", "RUSTUP_HOME"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

fn find_projects(folder: &Path, found: &mut Vec<PathBuf>) {
    if folder.join(".rev").is_dir() {
        found.push(folder.to_path_buf());
    }
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && entry.file_name() != ".rev" {
            find_projects(&path, found);
        }
    }
}

fn has_story(page: &Path) -> bool {
    std::fs::read_to_string(page).is_ok_and(|text| text.lines().any(|line| line == "```console"))
}

fn parse(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut inside = false;
    let mut lines = text.lines().enumerate().peekable();
    while let Some((number, line)) = lines.next() {
        if line.starts_with("```") {
            inside = !inside && line == "```console";
            pieces.push(Piece::Text(line.to_owned()));
            continue;
        }
        let Some(first) = line.strip_prefix("$ ").filter(|_| inside) else {
            pieces.push(Piece::Text(line.to_owned()));
            continue;
        };
        let mut script = first.to_owned();
        while script.ends_with('\\')
            && let Some((_, next)) = lines.next()
        {
            let _ = write!(script, "\n{next}");
        }
        if let Some(end) = heredoc_end(&script) {
            for (_, next) in lines.by_ref() {
                let _ = write!(script, "\n{next}");
                if next == end {
                    break;
                }
            }
        }
        let mut output = Vec::new();
        while let Some((_, next)) = lines.peek()
            && !next.starts_with("$ ")
            && !next.starts_with("```")
        {
            output.push((*next).to_owned());
            lines.next();
        }
        // Blank lines between commands are for the eye.
        let mut blank = Vec::new();
        while output.last().is_some_and(|line: &String| line.is_empty()) {
            blank.extend(output.pop());
        }
        pieces.push(Piece::Command {
            line: number + 1,
            script,
            output,
        });
        pieces.extend(blank.into_iter().map(Piece::Text));
    }
    pieces
}

fn heredoc_end(script: &str) -> Option<String> {
    let (_, rest) = script.split_once("<<'")?;
    rest.split_once('\'').map(|(word, _)| word.to_owned())
}

fn unparse(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(line) => {
                let _ = writeln!(text, "{line}");
            }
            Piece::Command { script, output, .. } => {
                let _ = writeln!(text, "$ {script}");
                for line in output {
                    let _ = writeln!(text, "{line}");
                }
            }
        }
    }
    text
}

fn matches(expected: &[String], printed: &[String]) -> bool {
    match (expected.split_first(), printed.split_first()) {
        (None, None) => true,
        (Some((first, rest)), _) if first == "..." => {
            matches(rest, printed)
                || printed
                    .split_first()
                    .is_some_and(|(_, later)| matches(expected, later))
        }
        (Some((want, rest)), Some((got, later))) => {
            line_matches(&timeless(want), &timeless(got)) && matches(rest, later)
        }
        _ => false,
    }
}

fn line_matches(want: &str, got: &str) -> bool {
    match want.split_once("[..]") {
        None => want == got,
        Some((start, rest)) => {
            let Some(tail) = got.strip_prefix(start) else {
                return false;
            };
            tail.char_indices()
                .map(|(at, _)| at)
                .chain([tail.len()])
                .any(|at| line_matches(rest, &tail[at..]))
        }
    }
}

/// Puts `_` where a duration stands, together with the spaces that align it.
fn timeless(line: &str) -> String {
    let mut words = Vec::new();
    for word in line.split_whitespace() {
        let bare = word.trim_matches(|c: char| "(),;:".contains(c));
        let number = bare
            .trim_end_matches("ms")
            .trim_end_matches("µs")
            .trim_end_matches('s');
        if number.len() < bare.len() && number.parse::<f64>().is_ok() {
            words.push(word.replace(bare, "_"));
        } else if ["ms", "s"].contains(&bare)
            && words
                .last()
                .is_some_and(|last: &String| last.trim_start_matches('(').parse::<f64>().is_ok())
        {
            words.pop();
            words.push("_".to_owned());
        } else {
            words.push(word.to_owned());
        }
    }
    if words.iter().any(|word| word.contains('_')) {
        words.join(" ")
    } else {
        line.to_owned()
    }
}

fn project_of(root: &Path, page: &Path, text: &str) -> Option<PathBuf> {
    let example = page
        .starts_with(root.join("examples"))
        .then(|| page.parent().unwrap().to_path_buf());
    marked(text, "project")
        .map(|path| root.join(path))
        .or(example)
}

/// What a comment such as `<!-- project: examples/restaurant -->` names.
fn marked<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let start = format!("<!-- {word}: ");
    text.lines()
        .find_map(|line| line.strip_prefix(&start)?.strip_suffix(" -->"))
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if [".rev", "target", "README.md"]
            .iter()
            .any(|name| entry.file_name() == *name)
        {
            continue;
        }
        if entry.file_type()?.is_dir() {
            std::fs::create_dir(&target)?;
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn collect(folder: &Path, pages: &mut Vec<PathBuf>) {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, pages);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
}
