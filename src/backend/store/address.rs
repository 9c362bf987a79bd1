//! Where a store is: a file of SQLite, or a server of PostgreSQL with its replicas.
use super::Store;
use super::postgres::PostgresStore;
use super::sql::OpenError;
use super::sqlite::SqliteStore;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An address that names no store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Of another kind.
    #[error("a database is sqlite://PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE")]
    Unknown,
    /// Replicas of what has none.
    #[error("replicas need a database on postgres://")]
    Replicas,
}

/// Where a store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A file of SQLite.
    Sqlite(PathBuf),
    /// A server of PostgreSQL.
    Postgres {
        /// The server that is written to.
        primary: String,
        /// Servers that may be read from.
        replicas: Vec<String>,
    },
}

impl Address {
    /// Reads what was given; a file in the data directory if nothing was.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn given(
        url: Option<&str>,
        replicas: &[String],
        data_dir: &Path,
    ) -> Result<Self, AddressError> {
        let address =
            url.map_or_else(|| Ok(Self::Sqlite(data_dir.join("heddle.db"))), Self::parse)?;
        match address {
            Self::Postgres { primary, .. } => {
                let is_known = |url: &String| matches!(Self::parse(url), Ok(Self::Postgres { .. }));
                let replicas = replicas.to_vec();
                let is_good = replicas.iter().all(is_known);
                let address = Self::Postgres { primary, replicas };
                is_good.then_some(address).ok_or(AddressError::Unknown)
            }
            Self::Sqlite(_) if !replicas.is_empty() => Err(AddressError::Replicas),
            file => Ok(file),
        }
    }

    /// Reads one address.
    ///
    /// # Errors
    /// [`AddressError::Unknown`].
    pub fn parse(url: &str) -> Result<Self, AddressError> {
        if let Some(path) = url
            .strip_prefix("sqlite://")
            .filter(|path| !path.is_empty())
        {
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        let is_postgres = ["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| url.starts_with(scheme));
        let (primary, replicas) = (url.to_owned(), Vec::new());
        let address = Self::Postgres { primary, replicas };
        is_postgres.then_some(address).ok_or(AddressError::Unknown)
    }

    /// Opens the store, and brings it up to date.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(&self) -> Result<Arc<dyn Store>, OpenError> {
        Ok(match self {
            Self::Sqlite(path) => Arc::new(SqliteStore::open(path).await?),
            Self::Postgres { primary, replicas } => {
                Arc::new(PostgresStore::open(primary, replicas).await?)
            }
        })
    }

    /// What is checked about it, for people: the version of the server, how far replicas are.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn check(&self) -> Result<String, OpenError> {
        match self {
            Self::Sqlite(path) => {
                SqliteStore::open(path).await?;
                Ok(path.display().to_string())
            }
            Self::Postgres { primary, replicas } => PostgresStore::check(primary, replicas).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: Option<&str>, replicas: &[&str], expected: &Result<Address, AddressError>) {
        let replicas: Vec<_> = replicas.iter().map(|&url| url.to_owned()).collect();
        assert_eq!(
            &Address::given(url, &replicas, Path::new("/data")),
            expected
        );
    }

    #[test]
    fn a_database_is_a_file_unless_a_server_is_named() {
        check(None, &[], &Ok(Address::Sqlite("/data/heddle.db".into())));
        check(
            Some("sqlite:///a/b"),
            &[],
            &Ok(Address::Sqlite("/a/b".into())),
        );
        let server = |replicas: Vec<String>| Address::Postgres {
            primary: "postgres://h/d".to_owned(),
            replicas,
        };
        check(Some("postgres://h/d"), &[], &Ok(server(Vec::new())));
        let replica = "postgresql://r/d";
        check(
            Some("postgres://h/d"),
            &[replica],
            &Ok(server(vec![replica.to_owned()])),
        );
    }

    #[test]
    fn other_addresses_are_refused() {
        for url in ["mysql://h/d", "sqlite://", "/a/b", ""] {
            check(Some(url), &[], &Err(AddressError::Unknown));
        }
        check(None, &["postgres://h/d"], &Err(AddressError::Replicas));
        check(
            Some("postgres://h/d"),
            &["redis://h"],
            &Err(AddressError::Unknown),
        );
    }
}
