//! The whole path against an emulator that is not ours.

#[test]
fn placeholder() {}
