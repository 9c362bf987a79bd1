//! Pages that were left: kept in the tab for a while, so that coming back draws at once.
use super::Mono;

/// How long a page that was left is kept. Source: design, case 30.
pub const SHELF_MS: u64 = 300_000;
/// How many pages are kept; the one left first goes first.
pub const SHELF_ENTRIES: usize = 20;

/// What was put aside, by key, in the order in which it was put.
#[derive(Debug, Clone)]
pub struct Shelf<K, V> {
    entries: Vec<(K, V, Mono)>,
}

impl<K, V> Default for Shelf<K, V> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
        }
    }
}

impl<K: PartialEq, V> Shelf<K, V> {
    /// An empty shelf.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a page aside, in the place of what was kept under its key.
    pub fn put(&mut self, key: K, value: V, now: Mono) {
        self.sweep(now);
        self.entries.retain(|(kept, _, _)| *kept != key);
        self.entries.push((key, value, now));
        let surplus = self.entries.len().saturating_sub(SHELF_ENTRIES);
        self.entries.drain(..surplus);
    }

    /// Takes a page off the shelf; while it is open it is not on it.
    pub fn take(&mut self, key: &K, now: Mono) -> Option<V> {
        self.sweep(now);
        let place = self.entries.iter().position(|(kept, _, _)| kept == key)?;
        Some(self.entries.remove(place).1)
    }

    /// Forgets everything, as when the login ends.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// How many pages are kept, those whose time is over included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn sweep(&mut self, now: Mono) {
        self.entries
            .retain(|(_, _, put)| now.since(*put) < SHELF_MS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_was_left_is_kept_for_five_minutes_and_handed_out_once() {
        // case 30
        for (later, found) in [(0, Some('a')), (SHELF_MS - 1, Some('a')), (SHELF_MS, None)] {
            let mut shelf = Shelf::new();
            shelf.put(1, 'a', Mono(1000));
            assert_eq!(shelf.take(&1, Mono(1000 + later)), found, "{later}");
            assert_eq!(shelf.take(&1, Mono(1000 + later)), None);
            assert!(shelf.is_empty());
        }
    }

    #[test]
    fn at_most_twenty_pages_are_kept_and_the_one_left_first_goes() {
        let mut shelf = Shelf::new();
        for key in 0..25 {
            shelf.put(key, key, Mono(key));
        }
        assert_eq!(shelf.len(), SHELF_ENTRIES);
        assert_eq!(shelf.take(&4, Mono(30)), None);
        assert_eq!(shelf.take(&5, Mono(30)), Some(5));
    }

    #[test]
    fn leaving_again_takes_the_place_of_what_was_kept() {
        let mut shelf = Shelf::new();
        shelf.put(1, 'a', Mono(0));
        shelf.put(1, 'b', Mono(1));
        assert_eq!(shelf.len(), 1);
        assert_eq!(shelf.take(&1, Mono(2)), Some('b'));
        shelf.put(2, 'c', Mono(3));
        shelf.clear();
        assert_eq!(shelf.take(&2, Mono(3)), None);
    }
}
