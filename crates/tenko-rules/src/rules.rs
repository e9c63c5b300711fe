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
    acc_03,
    acc_04,
    acc_05,
    acc_06,
    acc_07,
    acc_08,
    acc_09,
    acc_10,
    avl_01,
    avl_02,
    data_01,
    data_02,
    data_03,
    data_04,
    data_05,
    data_06,
    iac_01,
    iam_01,
    iam_02,
    iam_03,
    iam_04,
    iam_05,
    iam_06,
    iam_07,
    iam_08,
    life_01,
    log_01,
    net_01,
    net_02,
    net_03,
    par_01,
    quota_01,
}
