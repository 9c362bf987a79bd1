//! Where rows of the list stand: rows wait while somebody points at one of them.
use crate::id::SessionId;
use crate::session::Row;

/// A row in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedRow {
    /// The row.
    pub row: Row,
    /// The rank of the group that it stands in.
    pub rank: u8,
}

/// The rows where the server wants them.
#[must_use]
pub fn placed(rows: Vec<Row>) -> Vec<PlacedRow> {
    let place = |row: Row| PlacedRow {
        rank: row.status.rank(),
        row,
    };
    rows.into_iter().map(place).collect()
}

/// Rows in the places that they had before, as they are now. `all` are those of every filter: one
/// that a filter leaves out by now tells what it does. One that is gone stays as it was, and a new
/// one waits.
#[must_use]
pub fn in_place(before: &[PlacedRow], all: &[Row]) -> Vec<PlacedRow> {
    let stays = |known: &PlacedRow| {
        let now = all.iter().find(|row| row.id == known.row.id);
        let row = now.unwrap_or(&known.row).clone();
        PlacedRow { row, ..*known }
    };
    before.iter().map(stays).collect()
}

/// Whether rows came, went or moved.
#[must_use]
pub fn has_moved(shown: &[PlacedRow], fresh: &[PlacedRow]) -> bool {
    let place = |placed: &PlacedRow| -> (SessionId, u8) { (placed.row.id.clone(), placed.rank) };
    !shown.iter().map(place).eq(fresh.iter().map(place))
}

/// The newest rows, those that are known in the order in which they are known, then the others.
#[must_use]
pub fn in_known_order(known: &[Row], fresh: Vec<Row>) -> Vec<Row> {
    let place = |row: &Row| known.iter().position(|known| known.id == row.id);
    let mut rows = fresh;
    rows.sort_by_key(|row| place(row).unwrap_or(usize::MAX));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::SessionStatus;

    fn row(number: u8, status: SessionStatus) -> Row {
        let json = format!(
            r#"{{"id":"01890a5d-ac96-774b-bcce-b302099a80{number:02x}","title":"Row {number}","repo":"/r",
            "branch":"b","agent":"a","status":"{}","waiting":false,"lastLine":"","changedFiles":0,
            "lastActivityAt":"2026-01-01T00:00:00.000Z","revision":{number}}}"#,
            status.as_str()
        );
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn rows_stay_where_they_are_and_show_what_is_new() {
        let (idle, working) = (SessionStatus::Idle, SessionStatus::Working);
        let before = placed(vec![row(1, working), row(2, idle)]);
        let fresh = placed(vec![row(3, working), row(2, working), row(1, idle)]);
        let rows: Vec<Row> = fresh.iter().map(|placed| placed.row.clone()).collect();
        let shown = in_place(&before, &rows);
        let ids: Vec<u64> = shown.iter().map(|placed| placed.row.revision).collect();
        assert_eq!(ids, [1, 2]);
        assert_eq!(shown[1].row.status, working);
        assert_eq!(shown[1].rank, idle.rank());
        assert!(has_moved(&shown, &fresh));
        assert!(!has_moved(&fresh, &fresh));
    }

    #[test]
    fn a_row_that_is_gone_keeps_its_place() {
        let before = placed(vec![
            row(1, SessionStatus::Idle),
            row(2, SessionStatus::Idle),
        ]);
        let fresh = placed(vec![row(2, SessionStatus::Idle)]);
        let shown = in_place(&before, &[row(2, SessionStatus::Idle)]);
        assert_eq!(shown, before);
        assert!(has_moved(&shown, &fresh));
    }

    #[test]
    fn known_rows_come_first_in_their_order() {
        let idle = SessionStatus::Idle;
        let known = [row(2, idle), row(1, idle)];
        let rows = in_known_order(&known, vec![row(3, idle), row(1, idle), row(2, idle)]);
        let ids: Vec<u64> = rows.iter().map(|row| row.revision).collect();
        assert_eq!(ids, [2, 1, 3]);
    }
}
