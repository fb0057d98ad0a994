use crate::{project, session};

#[test]
fn the_file_is_read_again_afterwards() {
    let mut project = project(&[("aaaa", "null")]);
    insta::assert_snapshot!(session(&project, &[&["edit", "head"]]));
    project.env("EDITOR", "sed -i s/SELECT.1/SELECT\\ 3/");
    insta::assert_snapshot!(session(&project, &[&["edit", "head"]]));
    assert!(project.read("revisions/aaaa.sql").contains("SELECT 3;"));
    project.env(
        "VISUAL",
        "sed -i s/down_revision:.null/down_revision:\\ gone/",
    );
    insta::assert_snapshot!(session(&project, &[&["edit", "head"]]));
    project.env("VISUAL", "false");
    project.revision("aaaa", "null", "SELECT 1;", "");
    insta::assert_snapshot!(session(&project, &[&["edit", "head"]]));
}
