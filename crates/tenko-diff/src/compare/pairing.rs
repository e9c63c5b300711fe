//! Pairs the elements of two sets off.

use super::Sight;

/// Whether every row gets a column of its own that is at most `worst` (Kuhn's algorithm).
pub(super) fn pairs_off(sights: &[Vec<Sight>], worst: Sight) -> bool {
    fn place(
        row: usize,
        worst: Sight,
        sights: &[Vec<Sight>],
        taken: &mut [Option<usize>],
        tried: &mut [bool],
    ) -> bool {
        let Some(columns) = sights.get(row) else { return false };
        for (column, sight) in columns.iter().enumerate() {
            let (Some(tried_here), Some(taken_by)) = (tried.get_mut(column), taken.get(column))
            else {
                continue;
            };
            if *sight > worst || std::mem::replace(tried_here, true) {
                continue;
            }
            let free = match *taken_by {
                None => true,
                Some(other) => place(other, worst, sights, taken, tried),
            };
            if free {
                if let Some(slot) = taken.get_mut(column) {
                    *slot = Some(row);
                }
                return true;
            }
        }
        false
    }
    let mut taken = vec![None; sights.len()];
    (0..sights.len())
        .all(|row| place(row, worst, sights, &mut taken, &mut vec![false; sights.len()]))
}
