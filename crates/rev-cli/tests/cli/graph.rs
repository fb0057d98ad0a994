use crate::{project, session};
use rev_testkit::TestProject;
use std::path::PathBuf;
use std::process::Command;

const DIAMOND: &[(&str, &str)] = &[
    ("aaaa", "null"),
    ("bbbb", "aaaa"),
    ("cccc", "aaaa"),
    ("dddd", "[bbbb, cccc]"),
];

#[test]
fn every_format() {
    let project = project(DIAMOND);
    insta::assert_snapshot!(session(
        &project,
        &[
            &["graph"],
            &["graph", "--format", "mermaid"],
            &["graph", "--format", "dot"],
            &["graph", "--format", "json"],
            &["graph", "--format", "markdown"]
        ]
    ));
    let svg = project.ok(["graph", "--format", "svg"]).stdout;
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
    assert_eq!(svg.matches("<circle").count(), 4);
}

/// Text of a revision must stay text, also where it looks like the end of the page's data.
fn nasty() -> TestProject {
    let project = project(&[("aaaa", "null")]);
    project.write(
        "revisions/bbbb.sql",
        "/*\nrevision: bbbb\ndown_revision: aaaa\nmessage: \"</script><img src=x> & 'quotes'\"\ncreate_date: 2026-01-01\n*/\n-- rev:upgrade\nSELECT '</script><b>' || $x$ <!-- $x$;\n-- rev:downgrade\n",
    );
    project
}

#[test]
fn text_stays_text() {
    let project = nasty();
    assert_eq!(
        project
            .ok(["graph", "--format", "html"])
            .stdout
            .matches("</script>")
            .count(),
        2
    );
    assert!(
        !project
            .ok(["graph", "--format", "svg"])
            .stdout
            .contains("<img")
    );
}

/// Opens the page in a browser, if there is one, and reads what it made of itself.
#[test]
fn the_page_works_in_a_browser() {
    let Some(browser) = browser() else {
        eprintln!("skipped: no Chromium");
        return;
    };
    let project = nasty();
    project.ok(["graph", "--format", "html", "-o", "history.html"]);
    let page = |fragment: &str| {
        let address = format!(
            "file://{}{fragment}",
            project.path().join("history.html").display()
        );
        let output = Command::new(&browser)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--virtual-time-budget=10000",
                "--dump-dom",
            ])
            .arg(format!(
                "--user-data-dir={}",
                project.path().join("browser").display()
            ))
            .arg(address)
            .output()
            .expect("the browser runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    // On a busy machine the browser may print the page before its script has run.
    let shown = |dom: &String| dom.contains("<h2>");
    let dom = (0..10)
        .map(|_| page("#bbbb"))
        .find(shown)
        .unwrap_or_else(|| page("#bbbb"));
    assert!(dom.contains("2 revisions · 1 head"), "{dom}");
    assert!(
        dom.contains("<h2>&lt;/script&gt;&lt;img src=x&gt; &amp; 'quotes'</h2>"),
        "the message is text"
    );
    assert!(
        dom.contains("<span class=\"k\">SELECT</span>"),
        "the SQL is shown"
    );
    assert!(dom.contains("data-id=\"aaaa\""), "the parent is a link");
}

fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| {
            ["chromium", "chromium-browser", "google-chrome"].map(|name| folder.join(name))
        })
        .find(|program| program.exists())
}
