//! Figures: what the README says was measured is what the last run of the bench wrote down.
use super::tree::File;
use serde_json::Value;

/// Rows of the last run that the README does not show as they are.
pub(super) fn unlike(files: &[File]) -> Vec<String> {
    let text = |path: &str| files.iter().find(|file| file.path == path);
    let (Some(readme), Some(run)) = (text("README.md"), text("bench/latest.json")) else {
        return vec!["README.md or bench/latest.json is missing: run make bench.".into()];
    };
    let Ok(run) = serde_json::from_str::<Value>(&run.text) else {
        return vec!["bench/latest.json is no JSON: run make bench.".into()];
    };
    let shown = between(&readme.text);
    let wanted = wanted(&run);
    let missing = wanted.iter().filter(|line| !shown.contains(line));
    let mut found: Vec<String> = missing
        .map(|line| format!("README.md does not show the measured row {line}"))
        .collect();
    let is_row = |line: &&String| line.starts_with("| ") && !line.starts_with("| per minute");
    let typed = shown.iter().filter(is_row);
    let typed = typed.filter(|line| !wanted.contains(line));
    found.extend(typed.map(|line| format!("README.md shows {line}, which nobody measured")));
    if wanted.is_empty() {
        found.push("bench/latest.json has no row for the README.".into());
    }
    found
}

/// Rows of the last run under load that docs/scale.md does not show.
pub(super) fn unlike_load(files: &[File]) -> Vec<String> {
    let text = |path: &str| files.iter().find(|file| file.path == path);
    let (Some(scale), Some(run)) = (text("docs/scale.md"), text("bench/load.json")) else {
        return vec!["docs/scale.md or bench/load.json is missing: run make load.".into()];
    };
    let Ok(run) = serde_json::from_str::<Value>(&run.text) else {
        return vec!["bench/load.json is no JSON: run make load.".into()];
    };
    let rows = run["rows"].as_array().into_iter().flatten();
    let names = rows.filter_map(|row| row["what"].as_str());
    let figures = run["figures"].as_object().into_iter().flatten();
    let names = names.chain(figures.map(|(name, _)| name.as_str()));
    let mut wanted: Vec<_> = names.map(|name| format!("\n| {name} | ")).collect();
    let (date, commit) = (run["date"].as_str(), run["commit"].as_str());
    let (date, commit) = (date.unwrap_or("?"), commit.unwrap_or("?"));
    wanted.push(format!("on {date} at commit `{commit}`"));
    wanted.retain(|text| !scale.text.contains(text));
    let complain = |text: &String| format!("docs/scale.md does not show {}", text.trim());
    wanted.iter().map(complain).collect()
}

/// The lines between the two marks.
fn between(readme: &str) -> Vec<String> {
    let inside = readme.split_once("<!-- bench -->").map(|(_, rest)| rest);
    let inside = inside.and_then(|rest| rest.split_once("<!-- /bench -->"));
    inside.map_or_else(Vec::new, |(inside, _)| {
        inside.lines().map(str::to_owned).collect()
    })
}

fn wanted(run: &Value) -> Vec<String> {
    let rows = run["rows"].as_array().into_iter().flatten();
    let shown = rows.filter(|row| row["inReadme"] == true);
    shown.filter_map(line).collect()
}

/// A row as the bench prints it.
fn line(row: &Value) -> Option<String> {
    let (what, unit) = (row["what"].as_str()?, row["unit"].as_str()?);
    let of = |arm: &str| row[arm].as_f64();
    let cell = |arm: &&str| of(arm).map_or(String::new(), |value| format!("{value:.1} {unit}"));
    let change = match (of("legacy"), of("push")) {
        (Some(0.0), Some(0.0)) => "0 %".to_owned(),
        (Some(0.0), _) => "new".to_owned(),
        (Some(first), Some(last)) => format!("{} %", whole((last / first - 1.0) * 100.0)),
        _ => String::new(),
    };
    let cells: Vec<_> = ARMS.iter().map(cell).collect();
    Some(format!("| {what} | {} | {change} |", cells.join(" | ")))
}

/// The ways of keeping a page fresh, and the page of another make, in the order of the table.
const ARMS: [&str; 5] = ["legacy", "deduped", "push", "React before", "React after"];

/// Rounds as JavaScript does: halves go up, and nothing is minus zero.
fn whole(value: f64) -> String {
    let rounded = (value + 0.5).floor();
    if rounded == 0.0 {
        "0".to_owned()
    } else {
        format!("{rounded:.0}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(row: &str, readme: &str) -> Vec<File> {
        let run = format!("{{\"rows\":[{row}]}}");
        let readme = format!("<!-- bench -->\n{readme}\n<!-- /bench -->");
        vec![
            File::new("bench/latest.json", &run),
            File::new("README.md", &readme),
        ]
    }

    const ROW: &str = r#"{"what":"calls, idle","unit":"","legacy":90.1,"deduped":6,"push":1,"React before":89,"React after":null,"inReadme":true}"#;

    #[test]
    fn figures_that_nobody_measured_are_found() {
        assert_eq!(
            unlike(&files(
                ROW,
                "| calls, idle | 90.1  | 6.0  | 1.0  | 89.0  |  | -99 % |"
            )),
            Vec::<String>::new()
        );
        assert_eq!(
            unlike(&files(
                ROW,
                "| calls, idle | 90.1  | 5.0  | 1.0  | 89.0  |  | -99 % |"
            ))
            .len(),
            2
        );
        assert_eq!(unlike(&files(ROW, "")).len(), 1);
    }
    #[test]
    fn what_was_measured_under_load_and_is_not_shown_is_found() {
        let run = r#"{"date":"D","commit":"c","rows":[{"what":"a"}],"figures":{"b":1}}"#;
        let unlike = |scale: &str| {
            unlike_load(&[
                File::new("bench/load.json", run),
                File::new("docs/scale.md", scale),
            ])
        };
        let shown = "x\n| a | 1 |\n| b | 1 |\non D at commit `c`";
        assert_eq!(unlike(shown), Vec::<String>::new());
        assert_eq!(unlike("x\n| a | 1 |").len(), 2);
    }
}
