use crate::{project, session};

#[test]
fn one_none_and_several() {
    insta::assert_snapshot!(session(
        &project(&[]),
        &[
            &["revision", "-q", "-m", "", "--rev-id", "aaaa"],
            &["heads"]
        ]
    ));
    let project = project(&[("aaaa", "null"), ("bbbb", "aaaa"), ("cccc", "aaaa")]);
    insta::assert_snapshot!(session(
        &project,
        &[&["heads"], &["heads", "--format", "json"]]
    ));
}

#[test]
fn a_pipe_that_closes_is_no_error() {
    let project = project(&[("aaaa", "null")]);
    let mut child = project
        .command()
        .arg("heads")
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("starts");
    drop(child.stdout.take());
    assert!(child.wait().expect("ends").success());
}

/// Headers are remembered between runs; nothing that a person or a tool does to a file may go unseen.
#[test]
fn a_remembered_header_is_never_a_stale_one() {
    let mut project = project(&[]);
    let cache = project.path().join("cache");
    project.env("REV_CACHE_DIR", cache.to_str().expect("plain"));
    let id = |number: usize| format!("{number:08x}");
    for number in 0..200_usize {
        let parent = match number.checked_sub(1) {
            Some(before) => format!("\"{}\"", id(before)),
            None => "null".to_owned(),
        };
        project.revision(&id(number), &parent, "", "");
    }
    let heads = || {
        let output = project.ok(["heads", "-q"]);
        let mut ids: Vec<String> = output
            .stdout
            .lines()
            .map(|line| line.split(' ').next().unwrap_or_default().to_owned())
            .collect();
        ids.sort();
        ids
    };
    let remembered = || project.files("cache").len();

    // A file that has just changed could change again within the same tick of the clock.
    assert_eq!((heads(), remembered()), (vec![id(199)], 0));
    std::thread::sleep(std::time::Duration::from_millis(4_100));
    assert_eq!((heads(), remembered()), (vec![id(199)], 1));
    assert_eq!(heads(), vec![id(199)]);

    // As long as before, and its time of modification set back.
    let last = project
        .path()
        .join("revisions")
        .join(format!("{}.sql", id(199)));
    let text = project.read(&format!("revisions/{}.sql", id(199)));
    let modified = std::fs::metadata(&last)
        .and_then(|of| of.modified())
        .expect("a time");
    let put_back = |text: &str| {
        std::fs::write(&last, text).expect("writes");
        let file = std::fs::File::options()
            .write(true)
            .open(&last)
            .expect("opens");
        file.set_modified(modified).expect("sets");
    };
    put_back(&text.replace(&format!("\"{}\"", id(198)), &format!("\"{}\"", id(100))));
    assert_eq!(heads(), vec![id(198), id(199)]);
    put_back(&text);
    assert_eq!(heads(), vec![id(199)]);

    // Exchanged for another file, added, removed.
    let other = project.path().join("revisions/other");
    std::fs::write(&other, text.replace(&id(199), "000000ff")).expect("writes");
    std::fs::rename(&other, &last).expect("renames");
    assert_eq!(heads(), vec!["000000ff".to_owned()]);
    project.revision("00000100", "\"000000ff\"", "", "");
    assert_eq!(heads(), vec!["00000100".to_owned()]);
    std::fs::remove_file(&last).expect("removes");
    std::fs::remove_file(project.path().join("revisions/00000100.sql")).expect("removes");
    assert_eq!(heads(), vec![id(198)]);

    // A damaged cache is no cache.
    let file = project.files("cache").pop().expect("the cache");
    let bytes = std::fs::read(&file).expect("reads");
    for length in [0, 7, 16, 100, bytes.len() - 1] {
        std::fs::write(&file, &bytes[..length]).expect("writes");
        assert_eq!(heads(), vec![id(198)], "{length}");
    }
}
