//! With `--format json`, stdout is one JSON object whatever happens.

use crate::project;
use serde_json::Value;

#[test]
fn stdout_is_one_object_whose_error_says_how_it_went() {
    let project = project(&[("aaaa", "null"), ("bbbb", "aaaa")]);
    let cases: &[(&[&str], i32, Option<&str>)] = &[
        (&["heads"], 0, None),
        (&["branches"], 0, None),
        (&["show", "head"], 0, None),
        (&["check"], 0, None),
        (&["list-templates"], 0, None),
        (&["revision", "-m", "x"], 0, None),
        (&["show", "nosuch"], 1, Some("unknown_revision")),
        (&["show", "a:b"], 2, Some("invalid_target")),
        (&["nosuch"], 2, Some("usage")),
        (&["heads", "--nosuch"], 2, Some("usage")),
        (&["heads", "extra"], 2, Some("usage")),
        (&["heads", "-c", "nosuch.yaml"], 1, Some("no_config")),
        (&["init"], 1, Some("file_exists")),
        (&["upgrade", "head", "--plan", "--from", "base"], 0, None),
        (&["man", "nosuch"], 2, Some("usage")),
    ];
    for (arguments, code, error) in cases {
        let output = project.rev(arguments.iter().chain(&["--format", "json"]));
        let object: Value = serde_json::from_str(&output.stdout)
            .unwrap_or_else(|fault| panic!("{arguments:?}: {fault}: {}", output.stdout));
        assert_eq!(output.code, *code, "{arguments:?}");
        match error {
            None => assert_eq!(object.get("error"), Some(&Value::Null), "{arguments:?}"),
            Some(error) => {
                assert_eq!(object["error"]["code"], *error, "{arguments:?}");
                assert!(object["error"]["message"].is_string(), "{arguments:?}");
                assert!(object["error"].get("hint").is_some(), "{arguments:?}");
            }
        }
    }
}
