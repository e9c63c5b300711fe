//! Where a walk stands, without a path being built.

use tenko_core::{AttrPath, Segment};

/// The way down to a value: a path that was declared, then single steps.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trail<'t> {
    Base(&'t [Segment]),
    Key(&'t Trail<'t>, &'t str),
    Index(&'t Trail<'t>, usize),
}

/// One step, whichever part of the trail it is of.
#[derive(Clone, Copy)]
enum Step<'t> {
    Segment(&'t Segment),
    Key(&'t str),
    Index(usize),
}

impl Step<'_> {
    fn is(self, segment: &Segment) -> bool {
        match (self, segment) {
            (Step::Segment(own), segment) => own == segment,
            (Step::Key(own), Segment::Key(key)) => own == key,
            (Step::Index(own), Segment::Index(index)) => own == *index,
            _ => false,
        }
    }

    fn to_segment(self) -> Segment {
        match self {
            Step::Segment(own) => own.clone(),
            Step::Key(key) => Segment::Key(key.to_owned()),
            Step::Index(index) => Segment::Index(index),
        }
    }
}

impl<'t> Trail<'t> {
    pub(crate) fn key<'s>(&'s self, key: &'s str) -> Trail<'s> {
        Trail::Key(self, key)
    }

    pub(crate) fn index(&self, index: usize) -> Trail<'_> {
        Trail::Index(self, index)
    }

    /// How many steps there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Trail::Base(segments) => segments.len(),
            Trail::Key(up, _) | Trail::Index(up, _) => up.len() + 1,
        }
    }

    pub(crate) fn to_path(self) -> AttrPath {
        let mut segments: Vec<_> = self.upwards().map(Step::to_segment).collect();
        segments.reverse();
        AttrPath::new(segments)
    }

    /// Whether this place is the path's or lies below it; `*` in the path stands for any step.
    pub(crate) fn is_in(&self, path: &AttrPath) -> bool {
        let (own, others) = (self.len(), path.segments());
        own >= others.len()
            && self
                .upwards()
                .skip(own - others.len())
                .zip(others.iter().rev())
                .all(|(step, segment)| *segment == Segment::Any || step.is(segment))
    }

    /// Whether the path is this place's; `*` in the path stands for any step.
    pub(crate) fn is_at(&self, path: &AttrPath) -> bool {
        self.len() == path.segments().len() && self.is_in(path)
    }

    /// Whether the path is this place's or lies below it.
    pub(crate) fn holds(&self, path: &AttrPath) -> bool {
        let (own, others) = (self.len(), path.segments());
        own <= others.len()
            && self
                .upwards()
                .zip(others.iter().take(own).rev())
                .all(|(step, segment)| *segment == Segment::Any || step.is(segment))
    }

    /// The steps, the last one first.
    fn upwards(self) -> impl Iterator<Item = Step<'t>> {
        let mut rest = Some(self);
        std::iter::from_fn(move || match rest? {
            Trail::Base(segments) => {
                let (last, before) = segments.split_last()?;
                rest = Some(Trail::Base(before));
                Some(Step::Segment(last))
            }
            Trail::Key(up, key) => {
                rest = Some(*up);
                Some(Step::Key(key))
            }
            Trail::Index(up, index) => {
                rest = Some(*up);
                Some(Step::Index(index))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trail_is_the_path_that_it_stands_for() {
        let base: AttrPath = "A.B".parse().unwrap();
        let base = Trail::Base(base.segments());
        let list = base.key("L");
        let third = list.index(3);
        let leaf = third.key("x.y");
        assert_eq!(leaf.to_path().to_string(), "A.B.L[3][\"x.y\"]");
        let path = |text: &str| text.parse::<AttrPath>().unwrap();
        assert!(leaf.is_in(&path("A.*.L")) && leaf.is_at(&path("A.B.L.*.*")));
        assert!(!leaf.is_in(&path("A.B.L[2]")) && !leaf.is_at(&path("A.B.L")));
        assert!(list.holds(&path("A.B.L[0].z")) && list.holds(&path("*.B.L")));
        assert!(!list.holds(&path("A.B")) && !list.holds(&path("A.C.L[0]")));
    }
}
