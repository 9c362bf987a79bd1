//! The person whose console this is: where git finds their own configuration, and who signs.
//!
//! Only settings are read there, by `git config` and `git var`, which start no program. Whatever
//! changes or reads a worktree runs without them, see [`super::hardening`].
use super::error::GitError;
use super::run::{Call, Place, plain};
use domain::author::Author;
use std::ffi::OsString;
use std::path::PathBuf;

/// Variables by which git finds configuration and names, as `git help git` lists them.
const NAMES: [&str; 10] = [
    "HOME",
    "XDG_CONFIG_HOME",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_AUTHOR_NAME",
    "GIT_AUTHOR_EMAIL",
    "GIT_COMMITTER_NAME",
    "GIT_COMMITTER_EMAIL",
    "EMAIL",
];

/// What git prints when it knows nobody who signs. Source: git, `ident.c`.
const UNKNOWN: [&str; 3] = ["identity unknown", "ident name", "disallowed characters"];

/// The environment of a person, as far as git looks for settings and names in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Person {
    env: Vec<(&'static str, OsString)>,
}

/// Who signs a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Signers {
    pub(super) author: Author,
    pub(super) committer: Author,
}

impl Person {
    /// The person who started this process.
    #[must_use]
    pub(super) fn of_process() -> Self {
        Self::from_env(|name| std::env::var_os(name))
    }

    /// A person with these variables.
    pub(super) fn from_env(get: impl Fn(&str) -> Option<OsString>) -> Self {
        let env = NAMES.iter().filter_map(|name| Some((*name, get(name)?)));
        Self { env: env.collect() }
    }

    fn get(&self, name: &str) -> Option<&OsString> {
        let found = self.env.iter().find(|(known, _)| *known == name);
        found
            .map(|(_, value)| value)
            .filter(|value| !value.is_empty())
    }

    /// Their home folder.
    pub(super) fn home(&self) -> Option<PathBuf> {
        self.get("HOME").map(PathBuf::from)
    }

    /// Where git looks for their `config`, `ignore` and `attributes` besides `~/.gitconfig`.
    pub(super) fn config_folder(&self) -> Option<PathBuf> {
        let xdg = self.get("XDG_CONFIG_HOME").map(PathBuf::from);
        let folder = xdg.or_else(|| Some(self.home()?.join(".config")))?;
        Some(folder.join("git"))
    }

    /// The same call with the person's configuration.
    pub(super) fn asks(&self, call: Call) -> Call {
        NAMES.iter().fold(call, |call, name| {
            let found = self.env.iter().find(|(known, _)| known == name);
            match found {
                Some((_, value)) => call.env(name, value),
                None => call.without(name),
            }
        })
    }

    /// Who signs in a repository by git's own rules; none if nobody is named. A name that git would
    /// make up from the machine's does not count.
    ///
    /// # Errors
    /// [`GitError`] if git cannot be run.
    pub(super) async fn signers(&self, place: &Place) -> Result<Option<Signers>, GitError> {
        let committer = self.ident(place, "GIT_COMMITTER_IDENT");
        let (author, committer) = tokio::try_join!(self.author(place), committer)?;
        let both = author.zip(committer);
        Ok(both.map(|(author, committer)| Signers { author, committer }))
    }

    /// The author among the [`Self::signers`].
    ///
    /// # Errors
    /// [`GitError`] if git cannot be run.
    pub(super) async fn author(&self, place: &Place) -> Result<Option<Author>, GitError> {
        self.ident(place, "GIT_AUTHOR_IDENT").await
    }

    async fn ident(&self, place: &Place, which: &str) -> Result<Option<Author>, GitError> {
        let call = Call::new(["-c", "user.useConfigOnly=true", "var", which]);
        match plain(place, self.asks(call)).await {
            Ok(text) => Ok(ident(&String::from_utf8_lossy(&text))),
            Err(error) if UNKNOWN.iter().any(|words| error.names(words)) => Ok(None),
            Err(other) => Err(other),
        }
    }
}

/// Name and mail of `Ann <ann@example.org> 1700000000 +0000`.
fn ident(text: &str) -> Option<Author> {
    let (person, _time) = text.rsplit_once('>')?;
    let (name, email) = person.rsplit_once(" <")?;
    Some(Author {
        name: name.trim().to_owned(),
        email: email.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ident_is_taken_apart() {
        let found = ident("Ann B. <a@b.c> 1700000000 +0000\n").unwrap();
        assert_eq!(
            (found.name.as_str(), found.email.as_str()),
            ("Ann B.", "a@b.c")
        );
        assert_eq!(ident("nothing"), None);
    }

    #[test]
    fn the_configuration_folder_follows_the_variables() {
        let person = |names: &'static [(&str, &str)]| {
            Person::from_env(|name| {
                let found = names.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| OsString::from(value))
            })
        };
        let folder = person(&[("HOME", "/h")]).config_folder();
        assert_eq!(folder, Some(PathBuf::from("/h/.config/git")));
        let folder = person(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "/x")]).config_folder();
        assert_eq!(folder, Some(PathBuf::from("/x/git")));
    }
}
