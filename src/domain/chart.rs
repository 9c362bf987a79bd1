//! Geometry of charts: whole numbers in, whole numbers of a drawing's units out.
use crate::stats::Series;

/// Height of every drawing.
pub const HEIGHT: u64 = 1_000;
/// Width of one column with its gap.
pub const COLUMN: u64 = 100;
/// Width of what is drawn of a column.
const BAR: u64 = 76;

/// The least that is drawn of what is not zero.
const SEEN: u64 = HEIGHT / 100;

/// A part of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// Which series.
    pub series: usize,
    /// Which column.
    pub column: usize,
    /// Left edge.
    pub x: u64,
    /// Upper edge; 0 is the top of the drawing.
    pub y: u64,
    /// Width.
    pub width: u64,
    /// Height.
    pub height: u64,
}

/// A drawing of stacked columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// Width of the drawing.
    pub width: u64,
    /// The value at its top.
    pub top: u64,
    /// What is drawn; empty without values.
    pub bars: Vec<Bar>,
}

/// Stacks the series of each column, the first at the bottom.
#[must_use]
pub fn columns(series: &[Series]) -> Columns {
    let n_columns = series.iter().map(|series| series.values.len()).max();
    let n_columns = n_columns.unwrap_or(0);
    let value = |series: &Series, column: usize| series.values.get(column).copied().unwrap_or(0);
    let sum = |column| {
        series
            .iter()
            .map(|series| value(series, column))
            .sum::<u64>()
    };
    let top = round_up((0..n_columns).map(sum).max().unwrap_or(0));
    let mut bars = Vec::new();
    for column in 0..n_columns {
        let mut below = 0;
        for (place, series) in series.iter().enumerate() {
            let value = value(series, column);
            if value == 0 {
                continue;
            }
            // Both edges are rounded alike, so that stacked parts touch and never overlap.
            let (from, to) = (scaled(below, top), scaled(below + value, top));
            below += value;
            let height = (to - from).max(SEEN);
            bars.push(Bar {
                series: place,
                column,
                x: column as u64 * COLUMN + (COLUMN - BAR) / 2,
                y: (HEIGHT - from).saturating_sub(height),
                width: BAR,
                height,
            });
        }
    }
    let width = (n_columns as u64 * COLUMN).max(COLUMN);
    Columns { width, top, bars }
}

/// Length of a bar in a row, of [`HEIGHT`] at the most; what is not zero can be seen.
#[must_use]
pub fn length(value: u64, most: u64) -> u64 {
    match value {
        0 => 0,
        _ => scaled(value, most.max(value)).max(SEEN),
    }
}

fn scaled(value: u64, top: u64) -> u64 {
    let scaled = u128::from(value) * u128::from(HEIGHT) / u128::from(top.max(1));
    u64::try_from(scaled).unwrap_or(HEIGHT).min(HEIGHT)
}

/// The next number that is 1, 2 or 5 times a power of ten, 1 at least.
fn round_up(value: u64) -> u64 {
    let mut power = 1_u64;
    loop {
        for step in [1, 2, 5] {
            let round = power.saturating_mul(step);
            if round >= value {
                return round;
            }
        }
        power = power.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(values: &[u64]) -> Series {
        Series {
            name: String::new(),
            values: values.to_vec(),
        }
    }

    #[test]
    fn the_top_is_a_round_number() {
        let tops = [0, 1, 2, 3, 5, 6, 10, 11, 49, 51, 1_999, u64::MAX].map(round_up);
        assert_eq!(tops[..11], [1, 1, 2, 5, 5, 10, 10, 20, 50, 100, 2_000]);
        assert_eq!(tops[11], u64::MAX);
    }

    #[test]
    fn parts_of_a_column_are_stacked_and_fill_it() {
        let drawing = columns(&[series(&[0, 5]), series(&[2, 5])]);
        assert_eq!((drawing.width, drawing.top), (200, 10));
        let parts: Vec<_> = drawing
            .bars
            .iter()
            .map(|bar| (bar.series, bar.x, bar.y, bar.height))
            .collect();
        assert_eq!(
            parts,
            [(1, 12, 800, 200), (0, 112, 500, 500), (1, 112, 0, 500)]
        );
    }

    #[test]
    fn a_small_part_can_be_seen_and_huge_numbers_do_not_overflow() {
        let drawing = columns(&[series(&[1, u64::MAX / 4])]);
        assert_eq!((drawing.bars[0].height, drawing.bars[0].y), (10, 990));
        assert!(drawing.bars[1].height <= HEIGHT);
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert_eq!(columns(&[]).bars, []);
        let empty = columns(&[series(&[0, 0])]);
        assert_eq!((empty.bars.len(), empty.top, empty.width), (0, 1, 200));
        assert_eq!(
            (length(0, 10), length(1, 1_000_000), length(5, 10)),
            (0, 10, 500)
        );
    }
}
