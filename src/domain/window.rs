//! How much of a long thread is held around what is read, and when more is asked for.

/// Entries held, unless more of them are near the view: with what is around the thread, about 1,500
/// elements.
pub const MOST: usize = 140;
/// Entries that a page opens with.
pub const FIRST: usize = 80;
/// Entries asked for at a time.
pub const PAGE: u64 = 60;
/// Entries put on the page within a frame: more would be felt.
pub const BATCH: usize = 12;
/// Entries that are laid out together.
pub const CHUNK: u64 = 20;
/// Screens beyond the view that count as near: what is there is never let go.
pub const NEAR_SCREENS: f64 = 2.0;
/// Screens left beyond the view when more is asked for.
const LEFT_SCREENS: f64 = 1.5;
/// Closer to the end than so many pixels, the reader is at the end.
const END_PX: f64 = 80.0;

/// The number of the chunk of an entry; it stays whatever else is loaded.
#[must_use]
pub const fn chunk_of(seq: u64) -> u64 {
    seq / CHUNK
}

/// An end of what is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Where older entries go on.
    Older,
    /// Where newer entries go on.
    Newer,
}

/// Where the window is on the page, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// What is above it.
    pub above: f64,
    /// What is below it.
    pub below: f64,
    /// Its height.
    pub screen: f64,
}

impl View {
    /// The end to go on at, the nearer one first; none while there is enough around the view.
    #[must_use]
    pub fn wanted(&self, has_older: bool, has_newer: bool) -> Option<End> {
        let left = LEFT_SCREENS * self.screen;
        let older = (has_older && self.above < left).then_some(End::Older);
        let newer = (has_newer && self.below < left).then_some(End::Newer);
        if self.below < self.above {
            newer.or(older)
        } else {
            older.or(newer)
        }
    }

    /// The end that the reader is farther from.
    #[must_use]
    pub fn far(&self) -> End {
        if self.below < self.above {
            End::Older
        } else {
            End::Newer
        }
    }

    /// Whether the reader is at the end of the page; who was there leaves it only upwards, however
    /// the page grows.
    #[must_use]
    pub fn is_at_end(&self, was_there: bool, moved_up: bool) -> bool {
        self.below < END_PX || (was_there && !moved_up)
    }
}

/// Places that follow each other, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The oldest.
    pub first: u64,
    /// The newest.
    pub last: u64,
}

impl Span {
    /// What stays of these places when the far end is cut so that there are at most [`MOST`] with
    /// so many more that come; `near` stays in any case.
    #[must_use]
    pub fn kept(self, near: Self, far: End, coming: u64) -> Self {
        let most = (MOST as u64).saturating_sub(coming);
        match far {
            End::Older => {
                let first = (self.last + 1).saturating_sub(most).min(near.first);
                Self {
                    first: first.max(self.first),
                    ..self
                }
            }
            End::Newer => Self {
                last: (self.first + most)
                    .saturating_sub(1)
                    .max(near.last)
                    .min(self.last),
                ..self
            },
        }
    }

    /// Whether a place is among them.
    #[must_use]
    pub const fn contains(self, place: u64) -> bool {
        self.first <= place && place <= self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(above: f64, below: f64) -> View {
        View {
            above,
            below,
            screen: 1000.0,
        }
    }

    fn span(first: u64, last: u64) -> Span {
        Span { first, last }
    }

    #[test]
    fn more_is_asked_for_within_a_screen_and_a_half_of_an_end() {
        assert_eq!(view(1501.0, 9000.0).wanted(true, true), None);
        assert_eq!(view(1499.0, 9000.0).wanted(true, true), Some(End::Older));
        assert_eq!(view(9000.0, 1499.0).wanted(true, true), Some(End::Newer));
    }

    #[test]
    fn the_nearer_end_comes_first() {
        assert_eq!(view(100.0, 200.0).wanted(true, true), Some(End::Older));
        assert_eq!(view(200.0, 100.0).wanted(true, true), Some(End::Newer));
        assert_eq!(view(100.0, 200.0).wanted(false, true), Some(End::Newer));
        assert_eq!(view(200.0, 100.0).wanted(true, false), Some(End::Older));
    }

    #[test]
    fn nothing_is_asked_for_where_the_thread_ends() {
        assert_eq!(view(0.0, 0.0).wanted(false, false), None);
        assert_eq!(view(0.0, 9000.0).wanted(false, true), None);
    }

    #[test]
    fn who_is_at_the_end_leaves_it_only_upwards() {
        assert!(view(500.0, 79.0).is_at_end(false, true));
        assert!(view(500.0, 300.0).is_at_end(true, false));
        assert!(!view(500.0, 300.0).is_at_end(true, true));
        assert!(!view(500.0, 300.0).is_at_end(false, false));
    }

    #[test]
    fn the_far_end_is_cut_down_to_the_most() {
        let held = span(101, 560);
        assert_eq!(held.kept(span(120, 150), End::Newer, 0), span(101, 240));
        assert_eq!(held.kept(span(500, 560), End::Older, 0), span(421, 560));
        assert_eq!(view(100.0, 900.0).far(), End::Newer);
        assert_eq!(view(900.0, 100.0).far(), End::Older);
    }

    #[test]
    fn what_is_near_stays_though_it_is_more() {
        let held = span(101, 560);
        assert_eq!(held.kept(span(101, 530), End::Newer, 0), span(101, 530));
        assert_eq!(held.kept(span(110, 560), End::Older, 0), span(110, 560));
        assert_eq!(held.kept(span(101, 900), End::Newer, 0), held);
        assert_eq!(held.kept(span(1, 900), End::Older, 0), held);
    }

    #[test]
    fn room_is_made_for_what_comes() {
        let held = span(101, 220);
        assert_eq!(held.kept(span(110, 120), End::Newer, 30), span(101, 210));
        assert_eq!(held.kept(span(210, 220), End::Older, 30), span(111, 220));
        assert_eq!(held.kept(span(110, 120), End::Newer, 20), held);
    }

    #[test]
    fn few_entries_stay_as_they_are() {
        assert_eq!(span(1, 140).kept(span(9, 9), End::Newer, 0), span(1, 140));
        assert_eq!(span(7, 140).kept(span(9, 9), End::Older, 0), span(7, 140));
    }

    #[test]
    fn a_span_holds_both_its_ends() {
        let held = span(3, 5);
        assert_eq!(
            [2, 3, 5, 6].map(|place| held.contains(place)),
            [false, true, true, false]
        );
    }
}
