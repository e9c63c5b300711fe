//! Tables that fit the page.

use std::borrow::Cow;

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use super::page::{DIM, Line, Page};
use super::words::clip;
use crate::visible::visible;

/// Columns between two columns.
const GAP: usize = 2;

/// One column.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    title: Cow<'static, str>,
    right: bool,
    /// The columns below which it is not cut.
    min: usize,
}

impl Column {
    /// Text, which may be cut down to `min` columns when the page is narrow.
    pub(crate) fn text(title: impl Into<Cow<'static, str>>, min: usize) -> Self {
        Self { title: title.into(), right: false, min }
    }

    /// A number, which is never cut.
    pub(crate) fn number(title: impl Into<Cow<'static, str>>) -> Self {
        Self { title: title.into(), right: true, min: usize::MAX }
    }
}

/// A table under construction.
#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<(String, Style)>>,
}

impl Table {
    pub(crate) fn new(columns: Vec<Column>) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row with one cell per column.
    pub(crate) fn row(&mut self, cells: Vec<(String, Style)>) {
        let cells = cells.into_iter().map(|(text, style)| (visible(&text).into_owned(), style));
        self.rows.push(cells.collect());
    }

    /// The columns that the table takes when nothing is cut.
    pub(crate) fn natural_width(&self) -> usize {
        total(&self.natural())
    }

    /// The columns that the table takes when all is cut that may be.
    pub(crate) fn least_width(&self) -> usize {
        let natural = self.natural();
        let least = natural.iter().zip(&self.columns).map(|(width, c)| (*width).min(c.min));
        total(&least.collect::<Vec<_>>())
    }

    /// Writes it, cut to fit as far as the columns allow.
    pub(crate) fn write(&self, page: &mut Page, indent: usize) {
        let widths = self.fit(page.width().saturating_sub(indent));
        let titles = self.columns.iter().map(|c| (c.title.to_string(), DIM)).collect();
        self.write_row(page, indent, &widths, &titles);
        for row in &self.rows {
            self.write_row(page, indent, &widths, row);
        }
    }

    fn write_row(
        &self,
        page: &mut Page,
        indent: usize,
        widths: &[usize],
        row: &Vec<(String, Style)>,
    ) {
        let mut line = Line::default();
        for (i, ((column, &width), (text, style))) in
            self.columns.iter().zip(widths).zip(row).enumerate()
        {
            if i > 0 {
                line = line.text(" ".repeat(GAP));
            }
            let text = clip(text, width);
            let fill = " ".repeat(width.saturating_sub(text.width()));
            line = match column.right {
                true => line.text(fill).styled(text, *style),
                false => line.styled(text, *style).text(fill),
            };
        }
        page.row(indent, &line);
    }

    fn natural(&self) -> Vec<usize> {
        let mut widths: Vec<_> = self.columns.iter().map(|c| c.title.width()).collect();
        for row in &self.rows {
            for (width, (text, _)) in widths.iter_mut().zip(row) {
                *width = (*width).max(text.width());
            }
        }
        widths
    }

    fn fit(&self, room: usize) -> Vec<usize> {
        let mut widths = self.natural();
        while total(&widths) > room {
            // The column that can best spare something.
            let spare = |width: usize, column: &Column| width.saturating_sub(column.min);
            let widest = widths.iter_mut().zip(&self.columns).max_by_key(|(w, c)| spare(**w, c));
            match widest {
                Some((width, column)) if spare(*width, column) > 0 => *width -= 1,
                _ => break,
            }
        }
        widths
    }
}

fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
}
