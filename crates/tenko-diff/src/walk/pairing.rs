//! Pairs the elements of two sets off.

use super::Sight;

/// What was left without a partner.
#[derive(Debug, Default)]
pub(super) struct Pairing {
    pub(super) rows: Vec<usize>,
    pub(super) columns: Vec<usize>,
}

impl Pairing {
    /// Whether every row and every column has a partner.
    pub(super) fn is_complete(&self) -> bool {
        self.rows.is_empty() && self.columns.is_empty()
    }
}

/// Gives as many rows as can be a column of their own that is at most `worst` (Kuhn's algorithm).
pub(super) fn pair_off(sights: &[Vec<Sight>], columns: usize, worst: Sight) -> Pairing {
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
    let mut taken = vec![None; columns];
    let mut tried = vec![false; columns];
    let mut rows = Vec::new();
    for row in 0..sights.len() {
        tried.fill(false);
        if !place(row, worst, sights, &mut taken, &mut tried) {
            rows.push(row);
        }
    }
    let free = taken.iter().enumerate().filter(|(_, row)| row.is_none());
    Pairing { rows, columns: free.map(|(column, _)| column).collect() }
}
