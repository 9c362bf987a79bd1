//! What every run of git is given: an environment from nothing and settings that beat the repository's.
use std::ffi::OsString;

/// Settings that every run has. Source: security 5.4.
pub(super) const SETTINGS: [&str; 27] = [
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.editor=false",
    "core.askPass=",
    "core.sshCommand=ssh -oBatchMode=yes",
    "core.alternateRefsCommand=",
    "core.attributesFile=/dev/null",
    "core.quotePath=false",
    "credential.helper=",
    "protocol.ext.allow=never",
    "protocol.file.allow=never",
    "diff.external=",
    "diff.ignoreSubmodules=all",
    "diff.noprefix=false",
    "diff.mnemonicPrefix=false",
    "submodule.recurse=false",
    "status.submoduleSummary=false",
    "commit.gpgSign=false",
    "tag.gpgSign=false",
    "log.showSignature=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "safe.bareRepository=explicit",
    "advice.detachedHead=false",
    "checkout.defaultRemote=",
    "worktree.guessRemote=false",
];

/// The whole environment. Source: security 5.4.
pub(super) fn environment() -> Vec<(&'static str, OsString)> {
    let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into());
    let mut all = vec![("PATH", path)];
    let fixed = [
        ("HOME", "/nonexistent"),
        ("LC_ALL", "C"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_ATTR_NOSYSTEM", "1"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_ASKPASS", "/bin/false"),
        ("SSH_ASKPASS", "/bin/false"),
        ("GIT_OPTIONAL_LOCKS", "0"),
        ("GIT_PAGER", "cat"),
        ("GIT_EDITOR", "false"),
        ("GIT_SEQUENCE_EDITOR", "false"),
        ("GIT_LITERAL_PATHSPECS", "1"),
        ("GIT_NO_LAZY_FETCH", "1"),
        ("GIT_NO_REPLACE_OBJECTS", "1"),
        ("GIT_ALLOW_PROTOCOL", "https:ssh"),
        ("GIT_PROTOCOL_FROM_USER", "0"),
        ("GIT_SSH_COMMAND", "ssh -oBatchMode=yes"),
    ];
    all.extend(fixed.map(|(name, value)| (name, OsString::from(value))));
    all
}
