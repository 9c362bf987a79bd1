//! What is known of all sessions, from whatever page is open; nothing here polls.
use super::list::first_list;
use super::request::Requests;
use super::session::SessionFeed;
use super::{kept, notify, push};
use crate::browser::events::{on_document, on_window};
use crate::browser::{clock, page, storage};
use domain::flag::Arm;
use domain::id::SessionId;
use domain::news::news;
use domain::seen::Seen;
use domain::session::{Row, Session};
use domain::sync::COPY_WRITE_MS;
use domain::time::Timestamp;
use leptos::prelude::*;

/// Where this browser keeps what it has shown.
const SEEN: &str = "heddle.1.seen";

/// The sessions as they are known: all of them while the list is open, else what was seen of them.
#[derive(Debug, Clone, Copy)]
pub struct Board {
    /// The sessions in the order of the list.
    pub rows: RwSignal<Vec<Row>>,
    /// How many wait for a person.
    pub waiting: Memo<u64>,
    /// What this browser has shown of them; none before the page runs in one.
    pub seen: RwSignal<Option<Seen>>,
    requests: Requests,
    is_live: StoredValue<bool>,
    is_whole: StoredValue<bool>,
    /// When what was shown was stored last, in milliseconds, and whether all of it is.
    stored: StoredValue<(Option<u64>, bool)>,
}

impl Board {
    /// Nothing known yet.
    #[must_use]
    pub fn new() -> Self {
        let rows = RwSignal::new(Vec::<Row>::new());
        let count = move |rows: &Vec<Row>| rows.iter().filter(|row| row.waiting).count() as u64;
        Self {
            rows,
            waiting: Memo::new(move |_| rows.with(count)),
            seen: RwSignal::new(None),
            requests: Requests::new(),
            is_live: StoredValue::new(false),
            is_whole: StoredValue::new(false),
            stored: StoredValue::new((None, true)),
        }
    }

    /// Takes the rows of the list's page, which keeps them fresh until it says otherwise.
    pub fn learn_list(self, rows: Vec<Row>, is_live: bool) {
        if is_live {
            push::share(&rows);
        }
        self.is_live.set_value(is_live);
        let found = self
            .rows
            .with_untracked(|old| news(old, &rows, self.is_whole.get_value()));
        self.is_whole.set_value(true);
        self.rows.set(rows);
        notify::tell(found);
    }

    /// Takes the rows that this tab or another one asked for, unless the list is open here.
    pub(super) fn hear(self, rows: Vec<Row>) {
        if self.is_live.try_get_value() == Some(false) {
            self.learn_list(rows, false);
        }
    }

    /// Whether the list is open here.
    pub(super) fn is_live(self) -> bool {
        self.is_live.try_get_value().unwrap_or(true)
    }

    /// Whether all sessions were known once.
    pub(super) fn is_whole(self) -> bool {
        self.is_whole.try_get_value().unwrap_or(false)
    }

    /// Whether this revision of a session is known already, with all that a row tells.
    pub(super) fn knows(self, id: &SessionId, revision: u64) -> bool {
        let is_known = |row: &Row| row.id == *id && row.revision >= revision;
        self.rows
            .try_with_untracked(|rows| rows.iter().any(is_known))
            .unwrap_or(true)
    }

    /// The list's page is left: the rows grow old.
    pub fn leave_list(self) {
        self.is_live.set_value(false);
    }

    /// Follows the session of an open page, and notes that it is shown. Call from an effect.
    pub fn follow(self, feed: SessionFeed) {
        self.load_seen();
        // That it is shown is stored at once, what follows from time to time.
        self.stored.set_value((None, true));
        let is_pushed =
            Memo::new(move |_| feed.settings.with(|sync| sync.arm == Arm::Push.as_str()));
        Effect::new(move |_| {
            // Lives as long as the effect, on the browser's thread.
            let _told = StoredValue::new_local(is_pushed.get().then(|| push::follow_all(self)));
        });
        Effect::new(move |_| feed.base.with(|session| self.learn_session(session)));
        Effect::new(move |_| {
            // Live as long as the effect, on the browser's thread.
            let _listeners = StoredValue::new_local([
                on_window("pagehide", move || self.store_seen()),
                on_document("visibilitychange", move || self.store_seen()),
            ]);
        });
        on_cleanup(move || {
            let shown = feed
                .base
                .try_with_untracked(|session| (session.id.clone(), session.last_activity_at));
            if let Some((id, activity)) = shown {
                self.note(&id, activity);
                self.store_seen();
            }
        });
    }

    fn learn_session(self, session: &Session) {
        let row = Row::from(session);
        if page::is_visible() {
            self.note(&row.id, row.last_activity_at);
        }
        let mut found = Vec::new();
        self.rows.update(|rows| {
            let known = rows.iter_mut().find(|known| known.id == row.id);
            match known {
                Some(known) if known.revision >= row.revision => {}
                Some(known) => {
                    found = news(
                        std::slice::from_ref(known),
                        std::slice::from_ref(&row),
                        false,
                    );
                    let (last_line, changed_files) = (known.last_line.clone(), known.changed_files);
                    *known = Row {
                        last_line,
                        changed_files,
                        ..row
                    };
                }
                None => rows.push(row),
            }
        });
        notify::tell(found);
    }

    /// Reads what this browser has shown. Call from an effect.
    pub fn load_seen(self) {
        if self.seen.with_untracked(Option::is_none) {
            let kept = storage::get(SEEN).and_then(|text| Seen::parse(&text));
            let seen = kept.unwrap_or_else(|| {
                let seen = Seen::new(kept::server_now());
                storage::set(SEEN, &seen.text());
                seen
            });
            self.seen.set(Some(seen));
        }
    }

    fn note(self, id: &SessionId, activity: Timestamp) {
        let Some(mut seen) = self.seen.try_get_untracked().flatten() else {
            return;
        };
        if seen.note(id, activity) {
            let _ = self.seen.try_set(Some(seen));
            let stored = self.stored.try_get_value().and_then(|(at, _)| at);
            let _ = self.stored.try_set_value((stored, false));
            if stored.is_none_or(|at| clock::mono_ms() >= at + COPY_WRITE_MS) {
                self.store_seen();
            }
        }
    }

    /// Stores what was shown, with what other tabs have stored meanwhile.
    fn store_seen(self) {
        let is_stored = self.stored.try_get_value().is_none_or(|(_, is)| is);
        let Some(mut seen) = self.seen.try_get_untracked().flatten() else {
            return;
        };
        if is_stored || kept::is_off() {
            return;
        }
        if let Some(kept) = storage::get(SEEN).and_then(|text| Seen::parse(&text)) {
            seen.merge(&kept);
        }
        storage::set(SEEN, &seen.text());
        let _ = self.stored.try_set_value((Some(clock::mono_ms()), true));
        let _ = self.seen.try_set(Some(seen));
    }

    /// Gives the rows: those of the open list, else of one request now. What is known stands in
    /// if it fails.
    pub fn with_rows(self, then: impl FnOnce(Vec<Row>) + 'static) {
        if self.is_live.get_value() {
            return then(self.rows.get_untracked());
        }
        self.requests.spawn(async move {
            if let Ok(list) = first_list().await {
                self.learn_list(list.rows, self.is_live.get_value());
            }
            then(self.rows.get_untracked());
        });
    }
}

impl Default for Board {
    fn default() -> Self {
        Self::new()
    }
}
