//! Overlapping address ranges.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

/// Two owners whose ranges overlap: the first range of each that does.
pub(crate) type Overlaps = BTreeMap<(usize, usize), (Ipv4Net, Ipv4Net)>;

/// So many of the ranges around one are compared with it, the narrowest first: where hundreds are
/// the same, not every pair of them is worth its memory.
const AROUND: usize = 64;

/// The pairs of owners that have an address in common and for whom that counts, the smaller owner
/// first. The cost is that of sorting the ranges, and of the pairs that there are.
pub(crate) fn overlaps(
    mut ranges: Vec<(Ipv4Net, usize)>,
    counts: impl Fn(usize, usize) -> bool,
) -> Overlaps {
    ranges.sort_unstable_by_key(|(range, owner)| (range.network(), range.prefix_len(), *owner));
    let mut overlaps = Overlaps::new();
    // Ranges that hold the present one: of two that overlap one always holds the other.
    let mut around: Vec<(Ipv4Net, usize)> = Vec::new();
    for (range, owner) in ranges {
        while around.last().is_some_and(|(last, _)| last.broadcast() < range.network()) {
            around.pop();
        }
        let others =
            around.iter().rev().filter(|(_, other)| *other != owner && counts(*other, owner));
        for (other, other_owner) in others.take(AROUND) {
            if *other_owner < owner {
                overlaps.entry((*other_owner, owner)).or_insert((*other, range));
            } else {
                overlaps.entry((owner, *other_owner)).or_insert((range, *other));
            }
        }
        around.push((range, owner));
    }
    overlaps
}

/// A range without the bits beyond its prefix; an address alone is a range of one.
pub(crate) fn range(text: &str) -> Option<Ipv4Net> {
    let net = text.parse::<Ipv4Net>().ok().map(|net| net.trunc());
    net.or_else(|| Some(Ipv4Net::from(text.parse::<Ipv4Addr>().ok()?)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(ranges: &[(&str, usize)]) -> Vec<(usize, usize)> {
        let ranges = ranges.iter().map(|(text, owner)| (range(text).unwrap(), *owner));
        overlaps(ranges.collect(), |_, _| true).into_keys().collect()
    }

    #[test]
    fn ranges_overlap_where_one_holds_the_other() {
        assert_eq!(
            of(&[("10.0.0.0/8", 1), ("10.1.0.0/16", 0), ("10.2.0.0/16", 2)]),
            [(0, 1), (1, 2)]
        );
        assert_eq!(of(&[("10.0.0.0/16", 0), ("10.0.0.0/16", 1)]), [(0, 1)]);
        assert_eq!(of(&[("10.0.0.0/16", 0), ("10.0.1.0/24", 0), ("10.1.0.0/16", 1)]), []);
        assert_eq!(of(&[("0.0.0.0/0", 0), ("255.255.255.255/32", 1)]), [(0, 1)]);
        let nets = [(range("10.0.0.0/8").unwrap(), 0), (range("10.0.0.0/8").unwrap(), 1)];
        assert!(overlaps(nets.to_vec(), |_, _| false).is_empty());
        let all: Vec<_> = (0..5000).map(|at| (nets[0].0, at)).collect();
        assert!(overlaps(all, |_, _| true).len() < 5000 * 64, "not every pair of thousands");
        assert!(range("10.0.0.7/8") == range("10.0.0.0/8") && range("::/0").is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn as_every_pair_compared(
            ranges in proptest::collection::vec((0u32..64, 26u8..=32, 0usize..5), 0..24),
        ) {
            let ranges: Vec<_> = ranges
                .into_iter()
                .map(|(address, length, owner)| {
                    let net = Ipv4Net::new(Ipv4Addr::from(address), length).unwrap();
                    (net.trunc(), owner)
                })
                .collect();
            let mut pairs = std::collections::BTreeSet::new();
            for (a, first) in &ranges {
                for (b, second) in &ranges {
                    if first < second && (a.contains(b) || b.contains(a)) {
                        pairs.insert((*first, *second));
                    }
                }
            }
            let found: std::collections::BTreeSet<_> = overlaps(ranges, |_, _| true).into_keys().collect();
            prop_assert_eq!(found, pairs);
        }
    }
}
