//! What a tab makes of what it hears: from other tabs, and from the stream that it holds.
use super::tab::{Other, Role, Stream, Tab};
use super::{Input, Message, Output, Verdict};
use crate::id::SessionId;
use crate::sync::Mono;

impl Tab {
    /// Whether another tab shows this session.
    #[must_use]
    pub fn is_shown_elsewhere(&self, id: &SessionId) -> bool {
        self.others
            .values()
            .any(|other| other.wants.sessions.contains(id))
    }

    pub(super) fn hear(&mut self, now: Mono, message: Message, out: &mut Vec<Output>) {
        match message {
            Message::Wants {
                tab,
                wants,
                is_visible,
                is_told,
            } => {
                let other = Other {
                    wants,
                    is_visible,
                    heard: now,
                };
                self.note(tab, other, is_told, out);
            }
            // What is said to others is not for a tab that is away, nor for one that leads.
            _ if self.role != Role::Waiting => {}
            Message::Ask => self.say_wants(out),
            Message::Opened { verdict, wants, at } => {
                self.at = Some(at);
                self.told = Some((wants.clone().without_held(), now));
                out.push(Output::Opened(verdict, wants));
                if !self.is_told() {
                    self.say_wants(out);
                }
            }
            Message::Updated { update, at, asker } => {
                self.alive(now, at);
                let is_asker = asker.is_none_or(|asker| asker == self.id);
                out.push(Output::Updated { update, is_asker });
            }
            Message::Alive { at } => {
                self.alive(now, at);
                self.say_wants(out);
            }
            Message::Lost => self.lose(out),
        }
    }

    fn note(&mut self, tab: u64, other: Other, is_told: bool, out: &mut Vec<Output>) {
        if other.wants.is_empty() {
            self.others.remove(&tab);
            return;
        }
        if let (Stream::Open(told), Some(at), false) = (&self.stream, &self.at, is_told)
            && told.covers(&other.wants)
        {
            out.push(Output::Say(Message::Opened {
                verdict: Verdict::Ok,
                wants: told.clone().without_held(),
                at: at.clone(),
            }));
        }
        self.others.insert(tab, other);
    }

    /// Takes what the stream says, and passes it on.
    pub(super) fn listen(&mut self, now: Mono, input: Input, out: &mut Vec<Output>) {
        let (Stream::Opening(wants, _) | Stream::Open(wants)) = &self.stream else {
            return;
        };
        let wants = wants.clone();
        match input {
            Input::Resumed(verdict, at) => {
                self.tries = 0;
                self.stream = Stream::Open(wants.clone());
                self.at = Some(at.clone());
                // Whoever comes later may have missed what the stream began with.
                self.told = Some((wants.clone().without_held(), now));
                out.push(Output::Opened(verdict, wants.clone()));
                out.push(Output::Say(Message::Opened { verdict, wants, at }));
            }
            Input::Updated(update, at) => {
                self.alive(now, at.clone());
                let asker = self.asker(&update.session_id);
                let is_asker = asker.is_none_or(|asker| asker == self.id);
                let heard = update.clone();
                out.push(Output::Updated { update, is_asker });
                let update = heard;
                out.push(Output::Say(Message::Updated { update, at, asker }));
            }
            Input::Changes(changes, at) => {
                self.alive(now, at.clone());
                let update = changes.update.clone();
                let id = &update.session_id;
                self.revisions.insert(id.clone(), update.revision);
                let is_shared = self.is_shown_elsewhere(id);
                let is_told = is_shared || self.others.values().any(|other| other.wants.is_list);
                out.push(Output::Changes { changes, is_shared });
                if is_told {
                    let asker = Some(self.id);
                    out.push(Output::Say(Message::Updated { update, at, asker }));
                }
            }
            Input::Beat(at) => {
                self.alive(now, at.clone());
                out.push(Output::Say(Message::Alive { at }));
            }
            _ => {}
        }
    }

    /// The tab that asks for a session: one that is seen if there is one, then this one.
    fn asker(&self, id: &SessionId) -> Option<u64> {
        let others = self.others.iter();
        let others = others.map(|(tab, other)| (*tab, &other.wants, other.is_visible));
        let own = (self.id, &self.own, self.is_visible);
        std::iter::once(own)
            .chain(others)
            .filter(|(_, wants, _)| wants.sessions.contains(id))
            .min_by_key(|(_, _, is_visible)| !is_visible)
            .map(|(tab, ..)| tab)
    }

    fn alive(&mut self, now: Mono, at: String) {
        self.at = Some(at);
        if let Some((_, heard)) = &mut self.told {
            *heard = now;
        }
    }
}
