//! A store on its way from a file to a server: all of it arrives, or it is told what did not.
use super::*;
use crate::store::postgres::PostgresStore;
use crate::store::suite::{new_session, say, session_id};
use crate::store::{Change, Login, Record, Store};
use domain::attachment::Attachment;
use domain::flag::{Arm, Flag};
use domain::time::Timestamp;
use servers::Postgres;
use sqlx::ConnectOptions as _;

/// A file with something in every table.
async fn filled() -> (tempfile::TempDir, Address) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("heddle.db");
    let store = SqliteStore::open(&path).await.unwrap();
    for n in 1..=3 {
        let (new, command) = new_session(n);
        store.create(new, command).await.unwrap();
        let entries = (0..40).map(|m| say(&m.to_string(), "a\ttab, \\N, \"quotes\",\nüñ\r\u{7}"));
        let change = Change {
            entries: entries.collect(),
            title: Some("nul \0 and\n\\ slash".to_owned()),
            ..Change::at(Timestamp(9))
        };
        store.change(&session_id(n), change).await.unwrap();
    }
    let (gone, command) = new_session(4);
    store.create(gone, command).await.unwrap();
    let login = Login {
        user: "owner".to_owned(),
        created_at: Timestamp(1),
        seen_at: Timestamp(2),
    };
    store.add_login("hash", login).await.unwrap();
    store
        .add_login_token("token", Timestamp(100))
        .await
        .unwrap();
    store.settle("settings".to_owned()).await.unwrap();
    let kept = Attachment {
        id: "ab".to_owned(),
        name: "image".to_owned(),
        mime: "image/png".to_owned(),
        bytes: 3,
    };
    store.add_shown("owner", kept, Timestamp(1)).await.unwrap();
    let flag = Flag {
        arm: Arm::Legacy,
        killed: true,
        epoch: 1,
        ..Flag::untouched("session_sync")
    };
    let (_, command) = new_session(77);
    store
        .set_flag(flag, command, "{}", Timestamp(1))
        .await
        .unwrap();
    outside(&path, "DELETE FROM sessions WHERE title = 'Session 4'").await;
    outside(&path, "INSERT INTO attachment_uses VALUES ('s', 'ab')").await;
    (folder, Address::Sqlite(path))
}

async fn outside(path: &Path, sql: &'static str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    let mut connection = options.foreign_keys(true).connect().await.unwrap();
    sqlx::query(sql).execute(&mut connection).await.unwrap();
}

fn server() -> (String, Address) {
    let url = Postgres::shared().database();
    let address = Address::parse(&url).unwrap();
    (url, address)
}

async fn moved(from: &Address, to: &Address) -> Result<Vec<(&'static str, Weight)>, MoveError> {
    let mut told = Vec::new();
    migrate(from, to, |name, weight| told.push((name, weight))).await?;
    Ok(told)
}

fn without_nul(record: &Record) -> String {
    format!("{record:?}").replace("\\0", "\u{fffd}")
}

#[tokio::test]
async fn everything_arrives_and_the_store_goes_on_from_there() {
    let ((_folder, from), (url, to)) = (filled().await, server());
    let told = moved(&from, &to).await.unwrap();
    let rows: Vec<_> = told
        .iter()
        .map(|(name, weight)| (*name, weight.rows))
        .collect();
    assert_eq!(rows[..2], [("sessions", 3), ("entries", 123)]);
    assert!(
        rows.iter()
            .all(|(name, rows)| *rows > 0 || *name == "removed"),
        "{rows:?}"
    );
    assert!(told.iter().all(|(_, weight)| weight.digest().len() == 64));
    let (old, new) = (from.open().await.unwrap(), to.open().await.unwrap());
    assert_eq!(old.heads().change(), new.heads().change());
    assert_eq!(old.heads().config(), new.heads().config());
    assert_eq!(new.heads().flag("session_sync").arm, Arm::Legacy);
    for n in 1..=3 {
        let id = session_id(n);
        let (before, after) = (
            old.record(&id).await.unwrap(),
            new.record(&id).await.unwrap(),
        );
        assert_eq!(without_nul(&before), without_nul(&after));
        assert_eq!(
            old.thread(&id).await.unwrap(),
            new.thread(&id).await.unwrap()
        );
    }
    assert!(new.login("hash").await.unwrap().is_some());
    let change = Change {
        entries: vec![say("new", "goes on")],
        ..Change::at(Timestamp(10))
    };
    let changed = new.change(&session_id(1), change).await.unwrap();
    assert_eq!(
        (changed.entries[0].seq, changed.record.session.revision),
        (42, 3)
    );
    Postgres::shared().run_sql(&url, "UPDATE entries SET turn = 2 WHERE seq = 1");
    let wait = async {
        while new.heads().get(&session_id(1)).unwrap().revision < 4 {
            new.heads().watch().changed().await.unwrap();
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), wait)
        .await
        .unwrap();
}

#[tokio::test]
async fn an_interrupted_move_is_gone_on_with_and_nobody_works_on_half_a_store() {
    let ((_folder, from), (url, to)) = (filled().await, server());
    PostgresStore::check(&url, &[]).await.unwrap();
    Postgres::shared().run_sql(
        &url,
        "ALTER TABLE entries ADD CONSTRAINT broken CHECK (seq < 30)",
    );
    let error = moved(&from, &to).await.unwrap_err().to_string();
    assert!(error.starts_with("entries could not be moved: "), "{error}");
    let error = to.open().await.err().unwrap().to_string();
    assert!(error.contains("migrate-store"), "{error}");
    Postgres::shared().run_sql(&url, "ALTER TABLE entries DROP CONSTRAINT broken");
    let told = moved(&from, &to).await.unwrap();
    let (_, other) = server();
    assert_eq!(told, moved(&from, &other).await.unwrap());
    assert!(to.open().await.is_ok());
    assert_eq!(
        moved(&from, &to).await.unwrap(),
        told,
        "once more changes nothing"
    );
}

#[tokio::test]
async fn a_target_that_is_in_use_or_belongs_to_another_is_refused() {
    let ((_folder, from), (url, to)) = (filled().await, server());
    moved(&from, &to).await.unwrap();
    Postgres::shared().run_sql(&url, "UPDATE sessions SET title = 'used'");
    assert!(matches!(
        moved(&from, &to).await,
        Err(MoveError::Used("sessions"))
    ));
    let (_other_folder, other) = filled().await;
    assert!(matches!(
        moved(&other, &to).await,
        Err(MoveError::Other(..))
    ));
    let (url, foreign) = server();
    drop(PostgresStore::open(&url, &[]).await.unwrap());
    Postgres::shared().run_sql(&url, "INSERT INTO logins VALUES ('h', 'o', 1, 1)");
    let error = moved(&from, &foreign).await.unwrap_err();
    assert!(matches!(error, MoveError::Foreign(_, "logins")), "{error}");
}

#[tokio::test]
async fn only_a_file_that_is_there_is_moved_and_only_to_a_server() {
    let (_, to) = server();
    let missing = Address::Sqlite("/nowhere/heddle.db".into());
    assert!(matches!(
        moved(&missing, &to).await,
        Err(MoveError::Missing(_))
    ));
    assert!(matches!(moved(&to, &missing).await, Err(MoveError::Kinds)));
    let (_folder, from) = filled().await;
    let away = Address::parse("postgres://127.0.0.1:1/heddle").unwrap();
    assert!(matches!(moved(&from, &away).await, Err(MoveError::Open(_))));
}
