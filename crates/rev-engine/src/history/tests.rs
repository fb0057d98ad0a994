use super::*;
use crate::project::ProjectOptions;
use crate::variables::Variables;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().expect("temp dir"));
        folder.write("rev.yaml", "revisions: [revisions]\n");
        folder
    }

    fn write(&self, name: &str, text: &str) -> &Self {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().expect("folder")).expect("makes");
        std::fs::write(path, text).expect("writes");
        self
    }

    fn revision(&self, id: &str, parents: &str) -> &Self {
        self.write(&format!("revisions/{id}.sql"), &file(id, parents, "m"))
    }

    fn read(&self) -> Result<History, EngineError> {
        let options = ProjectOptions {
            directory: self.0.path().to_owned(),
            variables: Variables::default(),
            ..ProjectOptions::default()
        };
        Project::open(&options)?.history()
    }

    fn check_error(&self, message: &str, code: &str) {
        let error = self.read().expect_err(message);
        assert_eq!((error.to_string().as_str(), error.code()), (message, code));
    }
}

fn file(id: &str, parents: &str, message: &str) -> String {
    format!(
        "/*\nrevision: {id}\ndown_revision: {parents}\nmessage: {message}\ncreate_date: 2026-01-01T00:00:00Z\nbranch_labels: []\ndepends_on: []\n*/\n\n-- rev:upgrade\n\nSELECT 1;\n\n-- rev:downgrade\n"
    )
}

#[test]
fn files_of_all_folders_become_one_graph() {
    let folder = Folder::new();
    folder
        .revision("aaaa", "null")
        .write("revisions/2026/deep.sql", &file("bbbb", "aaaa", "m"));
    folder
        .write("revisions/.hidden.sql", "x")
        .write("revisions/notes.txt", "x")
        .write("revisions/old.sql~", "x");
    let history = folder.read().expect("reads");
    assert_eq!(history.graph.len(), 2);
    let entry = history.file(&RevisionId::from("bbbb")).expect("there");
    assert_eq!(entry.shown, Path::new("revisions/2026/deep.sql"));
    assert_eq!(
        history
            .body(&RevisionId::from("bbbb"))
            .expect("reads")
            .upgrade
            .text,
        "SELECT 1;"
    );
}

#[test]
fn many_files_and_long_headers_read_the_same() {
    let folder = Folder::new();
    let long = "ä".repeat(5000);
    let mut parent = "null".to_owned();
    for number in 0..300 {
        let id = format!("r{number:04}");
        let message = if number % 100 == 7 {
            long.as_str()
        } else {
            "short"
        };
        folder.write(&format!("revisions/{id}.sql"), &file(&id, &parent, message));
        parent = id;
    }
    let history = folder.read().expect("reads");
    assert_eq!(history.graph.len(), 300);
    assert_eq!(history.graph.heads(), [RevisionId::from("r0299")]);
    assert_eq!(
        history
            .file(&RevisionId::from("r0107"))
            .expect("there")
            .header
            .message,
        long
    );
}

#[test]
fn what_is_wrong_is_named_with_its_file() {
    let folder = Folder::new();
    folder.check_error(
        "the revisions folder revisions does not exist",
        "missing_location",
    );
    folder.revision("aaaa", "null").revision("bbbb", "aaax");
    folder.check_error(
        "revisions/bbbb.sql:3: revision `bbbb` has the parent `aaax`, which does not exist",
        "missing_parent",
    );
    folder
        .revision("bbbb", "aaaa")
        .write("revisions/copy.sql", &file("aaaa", "null", "m"));
    folder.check_error(
        "revision `aaaa` is in two files: revisions/aaaa.sql and revisions/copy.sql",
        "duplicate_revision",
    );
    folder.write("revisions/copy.sql", "CREATE TABLE t ();\n");
    folder.check_error(
        "revisions/copy.sql:1: the revision header is missing",
        "bad_revision_file",
    );
    folder.write("revisions/copy.sql", "");
    folder.check_error(
        "revisions/copy.sql:1: the revision header is missing",
        "bad_revision_file",
    );
    std::fs::write(
        folder.0.path().join("revisions/copy.sql"),
        b"/*\nrevision: \xff\n*/",
    )
    .expect("writes");
    folder.check_error("revisions/copy.sql is not UTF-8 text", "not_text");
    folder
        .write("revisions/copy.sql", &file("cccc", "dddd", "m"))
        .revision("dddd", "cccc");
    assert_eq!(folder.read().expect_err("cycle").code(), "cycle");
}

#[test]
fn a_missing_section_is_found_when_the_body_is_read() {
    let folder = Folder::new();
    folder.write("revisions/a.sql", "/*\nrevision: aaaa\ndown_revision: null\nmessage: m\ncreate_date: 2026-01-01\n*/\nSELECT 1;\n");
    let history = folder.read().expect("the header is fine");
    let error = history
        .body(&RevisionId::from("aaaa"))
        .expect_err("no section");
    assert!(error.to_string().starts_with("revisions/a.sql:"), "{error}");
}

#[test]
fn texts_of_the_program_are_a_history_too() {
    let text: &'static str = Box::leak(file("aaaa", "null", "m").into_boxed_str());
    let history = History::from_texts([("a.sql", text)]).expect("reads");
    assert_eq!(
        history
            .body(&RevisionId::from("aaaa"))
            .expect("reads")
            .upgrade
            .text,
        "SELECT 1;"
    );
}
