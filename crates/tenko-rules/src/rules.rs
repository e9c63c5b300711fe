//! The registry: one module and one line per rule.

mod acc_01;
mod acc_02;
mod acc_08;
mod iac_01;

use crate::rule::Rule;

pub(crate) static ALL: &[Rule] = &[acc_01::RULE, acc_02::RULE, acc_08::RULE, iac_01::RULE];
