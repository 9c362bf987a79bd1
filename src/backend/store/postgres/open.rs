//! From an address to connections: the server is checked and the store brought up to date.
use super::limits::{ACQUIRE, MIGRATE, STATEMENT, STOPPED};
use crate::store::sql::open::{OpenError, migrate};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, PgConnection, PgPool};
use std::time::Duration;

/// The oldest server whose features are all there.
const MIN_SERVER: u32 = 14;

/// How a database is reached.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Its address without the password, for people.
    pub(super) name: String,
    options: PgConnectOptions,
}

impl Place {
    /// Reads an address, `postgres://user:password@host:port/database`.
    pub(super) fn parse(url: &str) -> Result<Self, OpenError> {
        let wrong = |cause: sqlx::Error| {
            let text = format!("its address is malformed ({cause})");
            OpenError::Unusable("of --database-url".to_owned(), text)
        };
        let options: PgConnectOptions = url.parse().map_err(wrong)?;
        let database = options.get_database().unwrap_or(options.get_username());
        let name = format!(
            "postgres://{}:{}/{database}",
            options.get_host(),
            options.get_port()
        );
        let options = options.application_name("heddle");
        Ok(Self { name, options })
    }

    /// Connections that are made when they are needed.
    pub(super) fn pool(&self, most: u32, patience: Duration) -> PgPool {
        let millis = |limit: Duration| limit.as_millis().to_string();
        let options = self.options.clone().options([
            ("statement_timeout", millis(STATEMENT)),
            ("idle_in_transaction_session_timeout", millis(STOPPED)),
        ]);
        PgPoolOptions::new()
            .max_connections(most)
            .acquire_timeout(patience)
            .connect_lazy_with(options)
    }

    /// Checks the server, and brings the store up to date; the version of the server.
    pub(super) async fn prepare(&self) -> Result<String, OpenError> {
        let mut connection = self.connect().await?;
        let unusable = |cause: &dyn std::fmt::Display| {
            OpenError::Unusable(self.name.clone(), cause.to_string())
        };
        let version: String = sqlx::query_scalar("SHOW server_version")
            .fetch_one(&mut connection)
            .await
            .map_err(|cause| unusable(&cause))?;
        let major = version.split(|c: char| !c.is_ascii_digit()).next();
        if major
            .and_then(|major| major.parse::<u32>().ok())
            .unwrap_or(0)
            < MIN_SERVER
        {
            return Err(OpenError::Engine(format!("PostgreSQL {version}"), "14"));
        }
        let migrator = sqlx::migrate!("./migrations/postgres");
        let done = migrate(&migrator, &mut connection, &self.name);
        let late = |_| unusable(&"another console has been bringing it up to date for a minute");
        tokio::time::timeout(MIGRATE, done).await.map_err(late)??;
        Ok(version)
    }

    /// The counter of changes as this server knows it.
    pub(super) async fn change(&self) -> Result<u64, OpenError> {
        Ok(u64::try_from(self.ask("SELECT n FROM counter").await?).unwrap_or(0))
    }

    /// Refuses a store that was not moved here to its end.
    pub(super) async fn check_whole(&self) -> Result<(), OpenError> {
        let halves = "SELECT count(*) FROM moved WHERE NOT is_done";
        if self.ask(halves).await? == 0 {
            return Ok(());
        }
        let text = "heddle migrate-store did not finish; run it again".to_owned();
        Err(OpenError::Unusable(self.name.clone(), text))
    }

    async fn ask(&self, sql: &'static str) -> Result<i64, OpenError> {
        let mut connection = self.connect().await?;
        let asked = sqlx::query_scalar(sql).fetch_one(&mut connection);
        let unusable = |cause: String| OpenError::Unusable(self.name.clone(), cause);
        let late = |_| unusable("the server does not answer".to_owned());
        let asked = tokio::time::timeout(ACQUIRE, asked).await.map_err(late)?;
        asked.map_err(|cause| unusable(cause.to_string()))
    }

    /// One connection without limits.
    pub(super) async fn connect(&self) -> Result<PgConnection, OpenError> {
        let unusable = |cause: String| OpenError::Unusable(self.name.clone(), cause);
        let connecting = tokio::time::timeout(ACQUIRE, self.options.connect()).await;
        match connecting {
            Ok(connection) => connection.map_err(|cause| unusable(cause.to_string())),
            Err(_) => Err(unusable("the server does not answer".to_owned())),
        }
    }
}
