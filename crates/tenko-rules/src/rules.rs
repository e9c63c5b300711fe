//! The registry: one line per rule, in the order of their ids.

use crate::rule::Rule;

macro_rules! registry {
    ($($module:ident),+ $(,)?) => {
        $(mod $module;)+

        pub(crate) static ALL: &[Rule] = &[$($module::RULE),+];

        /// The cases of every rule, by its id.
        #[cfg(test)]
        pub(crate) fn cases() -> Vec<(&'static str, Vec<crate::testing::Case>)> {
            vec![$(($module::RULE.id, $module::cases())),+]
        }
    };
}

registry! {
    acc_01,
    acc_02,
    acc_08,
    iac_01,
}
