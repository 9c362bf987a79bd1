//! The one writer: jobs that wait together are committed together, each in its own savepoint.
use crate::error::Failed;
use crate::store::Heads;
use crate::store::sql::engine::{Boxed, Written};
use sqlx::SqliteConnection;
use std::any::Any;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Jobs that share one commit at the most.
const BATCH: usize = 50;

type Output = Result<Box<dyn Any + Send>, Failed>;
type Work = Box<dyn for<'c> FnOnce(&'c mut SqliteConnection) -> Boxed<'c, Output> + Send>;

struct Job {
    work: Work,
    done: oneshot::Sender<Output>,
}

/// A handle to the task that owns the writing connection.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
    heads: Arc<Heads>,
}

impl Writer {
    /// Starts the task; it ends when the last handle is dropped.
    pub(super) fn start(connection: SqliteConnection, heads: Arc<Heads>) -> Self {
        let (jobs, queue) = mpsc::channel(1024);
        tokio::spawn(work_off(connection, queue));
        Self { jobs, heads }
    }

    /// Runs a job in a transaction; answers after the commit.
    pub(super) async fn run<R, F>(&self, job: F) -> Result<R::Out, Failed>
    where
        R: Written + Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> Boxed<'c, Result<R, Failed>>
            + Send
            + 'static,
    {
        let (done, answer) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            let future = job(connection);
            Box::pin(async move { future.await.map(|out| Box::new(out) as Box<dyn Any + Send>) })
        });
        let gone = || Failed::Unavailable("the database writer has stopped".to_owned());
        self.jobs
            .send(Job { work, done })
            .await
            .map_err(|_| gone())?;
        let output = answer.await.map_err(|_| gone())??;
        let output = output.downcast::<R>().map_err(|_| gone())?;
        Ok(output.publish(&self.heads))
    }
}

async fn work_off(mut connection: SqliteConnection, mut queue: mpsc::Receiver<Job>) {
    let mut batch = Vec::with_capacity(BATCH);
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        commit_together(&mut connection, &mut batch).await;
    }
}

async fn commit_together(connection: &mut SqliteConnection, batch: &mut Vec<Job>) {
    if let Err(error) = execute(connection, "BEGIN IMMEDIATE").await {
        let text = error.to_string();
        for job in batch.drain(..) {
            let _ = job
                .done
                .send(Err(Failed::Unavailable(format!("database: {text}"))));
        }
        return;
    }
    let mut finished = Vec::with_capacity(batch.len());
    for job in batch.drain(..) {
        let output = in_savepoint(connection, job.work).await;
        finished.push((job.done, output));
    }
    let committed = execute(connection, "COMMIT").await;
    if committed.is_err() {
        let _ = execute(connection, "ROLLBACK").await;
    }
    for (done, output) in finished {
        let output = match (&committed, output) {
            (Err(error), Ok(_)) => Err(commit_failure(error)),
            (_, output) => output,
        };
        let _ = done.send(output);
    }
}

fn commit_failure(error: &sqlx::Error) -> Failed {
    let text = error.to_string();
    if text.contains("full") || text.contains("disk I/O") {
        Failed::StorageFull
    } else {
        Failed::Internal(format!("commit failed: {text}"))
    }
}

async fn in_savepoint(connection: &mut SqliteConnection, work: Work) -> Output {
    execute(connection, "SAVEPOINT job").await?;
    let output = work(connection).await;
    if output.is_err() {
        execute(connection, "ROLLBACK TO job").await?;
    }
    execute(connection, "RELEASE job").await?;
    output
}

async fn execute(connection: &mut SqliteConnection, sql: &'static str) -> Result<(), sqlx::Error> {
    sqlx::query(sql).execute(connection).await.map(|_| ())
}
