//! What of a repository's and a person's configuration counts here: which drivers are switched off,
//! and how line ends are converted, so that git stores what it would store for the person.
use super::driver::{self, Setting};
use super::error::GitError;
use super::person::Person;
use super::run::{Call, Place, plain};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Settings that change what is stored, whoever names them: they start no program.
const CONVERSIONS: [&str; 4] = [
    "core.autocrlf",
    "core.eol",
    "core.safecrlf",
    "core.checkroundtripencoding",
];

/// Settings for runs of git in one place.
#[derive(Debug, Clone, Default)]
pub(super) struct Config {
    /// Drivers switched off.
    pub(super) off: Vec<Setting>,
    /// `key=value`, each for a `-c`.
    pub(super) own: Vec<OsString>,
}

/// One setting, with where it stands.
struct Line<'a> {
    scope: &'a [u8],
    key: &'a [u8],
    value: &'a [u8],
}

impl Line<'_> {
    /// Whether the person wrote it, or whoever set up the machine; not the repository.
    fn is_of_person(&self) -> bool {
        self.scope == b"global" || self.scope == b"system"
    }
}

/// Reads the configuration of a place, as a person's git sees it.
///
/// # Errors
/// [`GitError`] if git cannot be run or the configuration cannot be read.
pub(super) async fn read(place: &Place, person: &Person) -> Result<Config, GitError> {
    let list = Call::new(["config", "--list", "--includes", "--show-scope", "-z"]);
    let text = plain(place, person.asks(list)).await?;
    let lines = lines(&text);
    let names = lines.iter().map(|line| line.key);
    Ok(Config {
        off: driver::switched_off(names),
        own: own(&lines, person),
    })
}

/// A list `scope NUL key LF value NUL`; the value may be absent.
fn lines(text: &[u8]) -> Vec<Line<'_>> {
    let mut parts = text.split(|byte| *byte == 0);
    let mut lines = Vec::new();
    while let (Some(scope), Some(setting)) = (parts.next(), parts.next()) {
        let end = setting.iter().position(|byte| *byte == b'\n');
        let (key, value) = match end {
            Some(end) => (&setting[..end], &setting[end + 1..]),
            None => (setting, &b"true"[..]),
        };
        lines.push(Line { scope, key, value });
    }
    lines
}

fn own(lines: &[Line<'_>], person: &Person) -> Vec<OsString> {
    let last = |key: &str, is_wanted: &dyn Fn(&Line<'_>) -> bool| {
        let mut found = lines.iter().rev();
        let found = found.find(|line| line.key == key.as_bytes() && is_wanted(line));
        found.map(|line| OsStr::from_bytes(line.value).to_owned())
    };
    let mut own = Vec::new();
    for key in CONVERSIONS {
        own.extend(last(key, &|_| true).map(|value| setting(key, &value)));
    }
    // A file that a repository names here could be any on the disk: only the person's own counts.
    for (key, name) in [
        ("core.attributesfile", "attributes"),
        ("core.excludesfile", "ignore"),
    ] {
        let named = last(key, &|line| line.is_of_person()).map(|path| expanded(&path, person));
        let path = named.or_else(|| Some(person.config_folder()?.join(name)));
        own.extend(path.map(|path| setting(key, path.as_os_str())));
    }
    own
}

fn setting(key: &str, value: &OsStr) -> OsString {
    let mut whole = OsString::from(key);
    whole.push("=");
    whole.push(value);
    whole
}

/// A path with `~/` at its start put in full, as git does for such settings.
fn expanded(path: &OsStr, person: &Person) -> PathBuf {
    match (Path::new(path).strip_prefix("~"), person.home()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_counts_and_files_only_of_the_person() {
        let text = b"global\0core.autocrlf\ninput\0global\0core.attributesfile\n~/attrs\0\
                     local\0core.autocrlf\ntrue\0local\0core.attributesfile\n/etc/shadow\0\
                     local\0filter.x.clean\nevil\0local\0core.bare\0";
        let person = Person::from_env(|name| (name == "HOME").then(|| "/h".into()));
        let lines = lines(text);
        let own = own(&lines, &person);
        let expected = [
            "core.autocrlf=true",
            "core.attributesfile=/h/attrs",
            "core.excludesfile=/h/.config/git/ignore",
        ];
        assert_eq!(own, expected.map(OsString::from));
    }
}
