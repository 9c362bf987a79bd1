//! What several nodes do in one store, on any database.
use super::SqlStore;
use super::engine::Engine;
use super::engine::Need::Latest;
use super::{asks, nodes};
use crate::error::Failed;
use crate::store::{Asked, Beat, Changed, Claim, Member, Node, NodeStore, Room};
use async_trait::async_trait;
use domain::id::{ClientId, SessionId};
use domain::time::Timestamp;

#[async_trait]
impl<E: Engine> NodeStore for SqlStore<E> {
    async fn beat(&self, node: Node, lease_ms: Option<u64>) -> Result<Beat, Failed> {
        self.engine
            .write(move |link| Box::pin(nodes::beat(link, node, lease_ms)))
            .await
    }

    async fn members(&self) -> Result<Vec<Member>, Failed> {
        let mut link = self.engine.reader(Latest).await?;
        nodes::members(&mut *link).await
    }

    async fn expire(&self, now: Timestamp) -> Result<Vec<SessionId>, Failed> {
        self.engine
            .write(move |link| Box::pin(nodes::expire(link, now)))
            .await
    }

    async fn claim(&self, id: &SessionId, claim: Claim) -> Result<Changed, Failed> {
        let id = id.clone();
        self.engine
            .write(move |link| Box::pin(nodes::claim(link, id, claim)))
            .await
    }

    async fn claim_pending(&self, claim: Claim, room: Room) -> Result<Vec<SessionId>, Failed> {
        self.engine
            .write(move |link| Box::pin(nodes::claim_pending(link, claim, room)))
            .await
    }

    async fn ask(&self, asked: Asked) -> Result<(), Failed> {
        self.engine
            .write(move |link| Box::pin(asks::ask(link, asked)))
            .await
    }

    async fn asked(&self, node: &str) -> Result<Vec<Asked>, Failed> {
        let mut link = self.engine.reader(Latest).await?;
        asks::asked(&mut *link, node).await
    }

    async fn tell(&self, id: &ClientId, answer: &str) -> Result<(), Failed> {
        let (id, answer) = (id.clone(), answer.to_owned());
        self.engine
            .write(move |link| Box::pin(asks::tell(link, id, answer)))
            .await
    }

    async fn told(&self, id: &ClientId) -> Result<Option<String>, Failed> {
        let mut link = self.engine.reader(Latest).await?;
        asks::told(&mut *link, id).await
    }

    async fn forget_asks(&self, before: Timestamp) -> Result<(), Failed> {
        self.engine
            .write(move |link| Box::pin(asks::forget(link, before)))
            .await
    }
}
