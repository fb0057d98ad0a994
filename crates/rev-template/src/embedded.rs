//! What `rev init` writes, embedded in the binary.

/// A project that `rev init` can set up.
#[derive(Debug, Clone, Copy)]
pub struct InitTemplate {
    /// The name for `rev init --template NAME`.
    pub name: &'static str,
    /// What it is for, in one line.
    pub summary: &'static str,
    /// The files to write: path inside the project and contents.
    pub files: &'static [(&'static str, &'static str)],
    /// Folders to create even though nothing is in them yet.
    pub folders: &'static [&'static str],
}

/// The line that belongs in a project's .gitignore: the folder of `rev`'s own cache and private server.
pub const GITIGNORE_LINE: &str = ".rev/";

/// All templates, the default one first.
pub const INIT_TEMPLATES: &[InitTemplate] = &[
    InitTemplate {
        name: "default",
        summary: "models in schema/, one line of revisions, every setting explained",
        files: &[
            (
                "rev.yaml",
                include_str!("../../../templates/init/default/rev.yaml"),
            ),
            (
                "schema/main.sql",
                include_str!("../../../templates/init/default/schema/main.sql"),
            ),
        ],
        folders: &["revisions"],
    },
    InitTemplate {
        name: "minimal",
        summary: "the shortest rev.yaml; revisions written by hand, no models",
        files: &[(
            "rev.yaml",
            include_str!("../../../templates/init/minimal/rev.yaml"),
        )],
        folders: &["revisions"],
    },
    InitTemplate {
        name: "branches",
        summary: "several labelled lines of revisions, each in its own folder",
        files: &[
            (
                "rev.yaml",
                include_str!("../../../templates/init/branches/rev.yaml"),
            ),
            (
                "schema/core.sql",
                include_str!("../../../templates/init/branches/schema/core.sql"),
            ),
            (
                "schema/billing.sql",
                include_str!("../../../templates/init/branches/schema/billing.sql"),
            ),
        ],
        folders: &["revisions/core", "revisions/billing"],
    },
];

/// Returns the template of that name.
pub fn init_template(name: &str) -> Option<&'static InitTemplate> {
    INIT_TEMPLATES.iter().find(|template| template.name == name)
}
