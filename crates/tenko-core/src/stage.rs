//! Whether an environment is production.

use crate::declaration::Environment;

/// Stages that are known to be something else, in lower case.
const NOT_PRODUCTION: [&str; 21] = [
    "demo",
    "dev",
    "develop",
    "development",
    "integration",
    "lab",
    "non-prod",
    "non-production",
    "nonprod",
    "preview",
    "qa",
    "sandbox",
    "stage",
    "staging",
    "stg",
    "test",
    "testing",
    "uat",
    "検証",
    "開発",
    "ステージング",
];

/// Whether a stage is, or may be, production: any word that is not known to be something else, in
/// upper or lower case.
pub fn may_be_production(stage: &str) -> bool {
    !NOT_PRODUCTION.contains(&stage.to_lowercase().as_str())
}

impl Environment {
    /// The stage in lower case; without one an environment goes by its name.
    pub fn stage_word(&self) -> String {
        self.stage.as_ref().unwrap_or(&self.name).to_lowercase()
    }

    /// Whether the environment is, or may be, production.
    pub fn may_be_production(&self) -> bool {
        may_be_production(&self.stage_word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_to_be_something_else_may_be_production() {
        for stage in ["production", "PROD", "live", "", "stagin", "preprod", "test2", " test"] {
            assert!(may_be_production(stage), "{stage:?}");
        }
        for stage in ["staging", "Staging", "DEV", "検証", "non-prod"] {
            assert!(!may_be_production(stage), "{stage:?}");
        }
    }
}
