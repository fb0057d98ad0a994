//! `list-templates`: the projects that `init` can set up.

pub use rev_template::embedded::InitTemplate;

/// Returns all templates, the default one first.
pub fn list_templates() -> &'static [InitTemplate] {
    rev_template::embedded::INIT_TEMPLATES
}
