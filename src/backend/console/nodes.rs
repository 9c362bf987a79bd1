//! This console as one of several nodes: signs of life, sessions of nodes that are gone.
use super::Console;
use crate::agents::actor::Ask;
use crate::agents::link::Link;
use crate::agents::processes;
use crate::agents::shim::ShimRecord;
use crate::clock::stopwatch;
use crate::error::Failed;
use crate::store::{Beat, Claim, Member, Node, Room};
use domain::id::SessionId;
use domain::session::Session;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long the end of a stray agent is waited for.
const END: Duration = Duration::from_secs(10);
/// File of the data directory that names it.
const HOME: &str = "node";

/// The name of a data directory, made when it is first asked for.
fn home(data_dir: &Path) -> Result<String, Failed> {
    let path = data_dir.join(HOME);
    if let Ok(known) = std::fs::read_to_string(&path)
        && !known.is_empty()
    {
        return Ok(known);
    }
    let name = uuid::Uuid::new_v4().to_string();
    std::fs::write(path, &name)?;
    Ok(name)
}

impl Console {
    /// Whether this node looks after a session.
    pub(super) fn is_at_home(&self, session: &Session) -> bool {
        let standing = self.actors.standing();
        !standing.is_clustered() || session.node_id == standing.name()
    }

    /// A node, if its lease stands.
    pub(super) async fn there(&self, name: &str) -> Result<Option<Member>, Failed> {
        let members = self.store.members().await?;
        let is_it = |member: &Member| member.node.name == name && member.is_there;
        Ok(members.into_iter().find(is_it))
    }

    /// How many nodes are there, and how many are not; none if this one is alone.
    pub(super) async fn count_nodes(&self) -> Result<Option<(u64, u64)>, Failed> {
        if !self.actors.standing().is_clustered() {
            return Ok(None);
        }
        let members = self.store.members().await?;
        let there = members.iter().filter(|member| member.is_there).count();
        Ok(Some((there as u64, (members.len() - there) as u64)))
    }

    /// Joins the nodes of this store; call before anything is served.
    ///
    /// # Errors
    /// [`Failed::Refused`] if another console has this name; [`Failed`] of the store.
    pub async fn enter(&self) -> Result<(), Failed> {
        if self.actors.standing().is_clustered() {
            self.expire().await?;
        }
        if self.beat().await? == Beat::Taken && self.actors.standing().is_clustered() {
            let name = &self.setup.node.name;
            return Err(Failed::Refused(format!(
                "another console is the node {name}; stop that one or choose another --node"
            )));
        }
        Ok(())
    }

    /// Makes sessions whose node is gone interrupted.
    async fn expire(&self) -> Result<(), Failed> {
        while !self.store.expire(self.setup.clock.now()).await?.is_empty() {}
        Ok(())
    }

    async fn beat(&self) -> Result<Beat, Failed> {
        let node = Node {
            name: self.setup.node.name.clone(),
            home: home(&self.setup.data_dir)?,
            url: self.setup.node.cluster.as_ref().map(|it| it.url.clone()),
            labels: self.setup.node.labels.clone(),
            capacity: self.setup.limits.max_live_agents.max(1) as u64,
            live: self.actors.live() as u64,
        };
        let (began, standing) = (stopwatch(), self.actors.standing());
        let lease = standing.lease();
        let lease = lease.map(|lease| u64::try_from(lease.as_millis()).unwrap_or(u64::MAX));
        let beat = self.store.beat(node, lease).await?;
        if beat != Beat::Taken {
            standing.renewed(began);
        }
        Ok(beat)
    }

    /// Keeps the lease for as long as the console runs, and looks after what others left.
    pub async fn keep_standing(&self) {
        let Some(lease) = self.actors.standing().lease() else {
            return;
        };
        loop {
            tokio::select! {
                () = tokio::time::sleep(lease / 3) => {}
                () = self.actors.standing().news() => {}
            }
            if let Err(error) = self.stand().await {
                tracing::warn!(error = %error, "the lease of this node was not renewed");
            }
        }
    }

    async fn stand(&self) -> Result<(), Failed> {
        self.expire().await?;
        match self.beat().await? {
            Beat::Stood => {}
            Beat::RanOut => {
                tracing::warn!("the lease of this node had run out");
                self.actors.verify().await;
            }
            Beat::Taken => {
                tracing::error!("another console has the name of this node");
                self.actors.verify().await;
            }
        }
        self.forget_errands().await?;
        // On its own, since the next sign of life must not wait for it.
        let console = self.clone();
        tokio::spawn(async move {
            if let Err(error) = console.take_pending().await {
                tracing::warn!(error = %error, "sessions of full nodes could not be taken");
            }
        });
        Ok(())
    }

    fn claim(&self) -> Claim {
        let worktrees = self.setup.data_dir.join("worktrees");
        Claim {
            node: self.setup.node.name.clone(),
            worktrees: worktrees.display().to_string(),
            now: self.setup.clock.now(),
        }
    }

    /// Begins sessions that wait at nodes that are gone or full, as far as there is room.
    async fn take_pending(&self) -> Result<(), Failed> {
        let capacity = self.setup.limits.max_live_agents.max(1);
        let mut room = capacity.saturating_sub(self.actors.live());
        for repo in &self.setup.repos {
            if room == 0 {
                return Ok(());
            }
            let wanted = Room {
                repo: repo.display().to_string(),
                agents: self.startable_agents(),
                most: room as u64,
            };
            let claimed = self.store.claim_pending(self.claim(), wanted).await?;
            room = room.saturating_sub(claimed.len());
            for id in claimed {
                let record = self.store.record(&id).await?;
                if let Some(first) = record.outbox {
                    self.bring_images(&first.by, &first.attachments).await;
                }
                self.actors.tell(&id, Ask::Tend).await?;
            }
        }
        Ok(())
    }

    /// Agents that this node can start.
    fn startable_agents(&self) -> Vec<String> {
        let all = self.setup.agents.iter();
        let here = all.filter(|entry| entry.missing().is_none());
        here.map(|entry| entry.id.clone()).collect()
    }

    /// Takes over a session whose node is gone.
    ///
    /// # Errors
    /// [`Failed::Unavailable`] if its node is there.
    pub(super) async fn take_over(&self, id: &SessionId) -> Result<(), Failed> {
        let journal = self.session_dir(id).join("journal.jsonl");
        // What this node once wrote of it is not how it went on.
        if journal.exists() {
            let old = format!("journal.{}.jsonl", self.setup.clock.now().0);
            tokio::fs::rename(&journal, journal.with_file_name(old)).await?;
        }
        self.store.claim(id, self.claim()).await.map(|_| ())
    }

    fn session_dir(&self, id: &SessionId) -> PathBuf {
        self.setup.data_dir.join("sessions").join(id.as_str())
    }

    /// Ends agents of sessions that are no longer this node's, or were given up meanwhile.
    pub(super) async fn stop_strays(&self) -> Result<(), Failed> {
        if !self.actors.standing().is_clustered() {
            return Ok(());
        }
        let mut folders = tokio::fs::read_dir(self.setup.data_dir.join("sessions")).await?;
        while let Some(folder) = folders.next_entry().await? {
            let name = folder.file_name().to_string_lossy().into_owned();
            let (Some(shim), Ok(id)) = (ShimRecord::read(&folder.path()), name.parse()) else {
                continue;
            };
            if !processes::is_same_process(shim.pid, shim.start_time, &shim.boot_id) {
                continue;
            }
            let record = self.store.record(&id).await;
            let is_kept = record.as_ref().is_ok_and(|record| {
                self.is_at_home(&record.session) && record.run.as_ref() == Some(&shim.run)
            });
            if !is_kept {
                tracing::warn!(session.id = %id, "a stray agent of session {id} is ended");
                // Above every number that a node of this session had.
                let epoch = record.map_or(0, |record| record.epoch) + 1;
                tokio::spawn(async move { end(&shim.socket, epoch).await });
            }
        }
        Ok(())
    }
}

/// Ends the agent behind a socket, and hears it out, so that its shim goes as well.
async fn end(socket: &Path, epoch: u64) {
    let Ok((link, mut lines)) = Link::attach(socket, 0, epoch).await else {
        return;
    };
    if link.stop().is_err() {
        return;
    }
    let heard = async { while lines.next().await.is_some() {} };
    let _ = tokio::time::timeout(END, heard).await;
}
