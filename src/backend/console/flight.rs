//! Reads that are asked for at the same time are done once.
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

type Cells<K, V> = Mutex<HashMap<K, Arc<OnceCell<V>>>>;

/// Reads under way by what they ask. A key holds the version that its askers know of, so that who
/// comes after a change never joins a read from before it.
#[derive(Debug)]
pub(super) struct Flights<K: Eq + Hash, V> {
    under_way: Cells<K, V>,
}

impl<K: Eq + Hash, V> Default for Flights<K, V> {
    fn default() -> Self {
        Self {
            under_way: Mutex::default(),
        }
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Flights<K, V> {
    /// The value of a read: of the one under way for this key, else of a new one. If its asker
    /// gives up, another one of those who wait does it.
    pub(super) async fn share<F>(&self, key: K, read: impl FnOnce() -> F) -> V
    where
        F: Future<Output = V>,
    {
        let cell = lock(&self.under_way)
            .entry(key.clone())
            .or_default()
            .clone();
        let seat = Seat {
            under_way: &self.under_way,
            key,
            cell,
        };
        seat.cell.get_or_init(read).await.clone()
    }
}

/// Takes the read out when the first of its askers has its value or gives up.
struct Seat<'f, K: Eq + Hash, V> {
    under_way: &'f Cells<K, V>,
    key: K,
    cell: Arc<OnceCell<V>>,
}

impl<K: Eq + Hash, V> Drop for Seat<'_, K, V> {
    fn drop(&mut self) {
        let mut cells = lock(self.under_way);
        let is_own = cells
            .get(&self.key)
            .is_some_and(|cell| Arc::ptr_eq(cell, &self.cell));
        if is_own {
            cells.remove(&self.key);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};
    use tokio::sync::Semaphore;

    struct Bench {
        flights: Arc<Flights<u64, u64>>,
        reads: Arc<AtomicU64>,
        gate: Arc<Semaphore>,
    }

    impl Bench {
        fn new() -> Self {
            Self {
                flights: Arc::default(),
                reads: Arc::default(),
                gate: Arc::new(Semaphore::new(0)),
            }
        }

        /// Asks for version `key`; the read waits for the gate and answers how many began before.
        fn ask(&self, key: u64) -> tokio::task::JoinHandle<u64> {
            let (flights, reads, gate) =
                (self.flights.clone(), self.reads.clone(), self.gate.clone());
            tokio::spawn(async move {
                let read = || async move {
                    let n = reads.fetch_add(1, Ordering::SeqCst);
                    let _pass = gate.acquire().await.unwrap();
                    key * 100 + n
                };
                flights.share(key, read).await
            })
        }

        async fn until_reads(&self, wanted: u64) {
            let reached = async {
                while self.reads.load(Ordering::SeqCst) < wanted {
                    tokio::task::yield_now().await;
                }
            };
            let patience = std::time::Duration::from_secs(10);
            tokio::time::timeout(patience, reached).await.unwrap();
        }
    }

    #[tokio::test]
    async fn who_asks_for_the_same_version_at_the_same_time_shares_one_read() {
        let bench = Bench::new();
        let asked: Vec<_> = (0..20).map(|_| bench.ask(7)).collect();
        bench.until_reads(1).await;
        bench.gate.add_permits(100);
        for answer in asked {
            assert_eq!(answer.await.unwrap(), 700);
        }
        assert_eq!(bench.reads.load(Ordering::SeqCst), 1);
        assert!(lock(&bench.flights.under_way).is_empty());
    }

    #[tokio::test]
    async fn who_comes_after_a_change_never_joins_a_read_from_before_it() {
        let bench = Bench::new();
        let old = bench.ask(7);
        bench.until_reads(1).await;
        let new = bench.ask(8);
        bench.until_reads(2).await;
        bench.gate.add_permits(100);
        assert_eq!((old.await.unwrap(), new.await.unwrap()), (700, 801));
        assert_eq!(bench.ask(8).await.unwrap(), 802);
    }

    #[tokio::test]
    async fn a_read_whose_asker_gives_up_is_done_by_another() {
        let bench = Bench::new();
        let first = bench.ask(7);
        bench.until_reads(1).await;
        let second = bench.ask(7);
        first.abort();
        let _ = first.await;
        bench.gate.add_permits(100);
        assert_eq!(second.await.unwrap(), 701);
        assert!(lock(&bench.flights.under_way).is_empty());
    }
}
