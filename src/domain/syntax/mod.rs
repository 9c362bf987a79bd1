//! Colours of code: a small lexer by lines, because a real highlighter is larger than the page may be.
//!
//! It knows families of languages by their comments, strings and keywords, takes linear time, and
//! leaves plain what it does not know. What it gets wrong is only a colour.
mod rules;
mod texts;
mod words;

use rules::{Quote, Rules, rules};
use words::{Reader, is_key, is_word, word};

/// Bytes of a line beyond which it stays plain.
const LINE: usize = 2000;
/// Bytes of a text beyond which the rest stays plain.
const TEXT: usize = 256 * 1024;

/// A family of languages that are read alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Rust.
    Rust,
    /// C, C++, C#, Java, Kotlin, Swift, Go and the like.
    C,
    /// JavaScript and TypeScript.
    Script,
    /// Python.
    Python,
    /// Shells, and files that look like them.
    Shell,
    /// SQL.
    Sql,
    /// JSON, TOML, YAML.
    Data,
    /// HTML and XML.
    Markup,
    /// CSS.
    Css,
}

/// What a piece of code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// A comment.
    Comment,
    /// A text or a character.
    Text,
    /// A number.
    Number,
    /// A word of the language; the name of a tag.
    Keyword,
    /// The name of a type; the key of a value.
    Type,
}

impl Token {
    /// The word of the stylesheets.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Text => "string",
            Self::Number => "number",
            Self::Keyword => "keyword",
            Self::Type => "type",
        }
    }
}

/// A piece of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'a> {
    /// What it is; nothing in particular without.
    pub token: Option<Token>,
    /// Its text.
    pub text: &'a str,
}

impl Language {
    /// The language of a file, by its name.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        match name {
            "Makefile" | "Dockerfile" | "justfile" => Some(Self::Shell),
            _ => Self::of_name(name.rsplit_once('.')?.1),
        }
    }

    /// The language of an extension, or of the word after a fence.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "rs" | "rust" => Self::Rust,
            "c" | "h" | "cc" | "cpp" | "cxx" | "hpp" | "c++" | "cs" | "csharp" | "java" | "kt"
            | "kotlin" | "swift" | "go" | "golang" | "php" | "scala" | "dart" | "proto" => Self::C,
            "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" | "javascript"
            | "typescript" => Self::Script,
            "py" | "pyi" | "python" | "rb" | "ruby" => Self::Python,
            "sh" | "bash" | "zsh" | "fish" | "shell" | "dockerfile" | "make" | "makefile"
            | "mk" => Self::Shell,
            "sql" => Self::Sql,
            "json" | "jsonc" | "json5" | "toml" | "yaml" | "yml" | "lock" | "ini" => Self::Data,
            "html" | "htm" | "xml" | "svg" | "vue" => Self::Markup,
            "css" | "scss" | "less" => Self::Css,
            _ => return None,
        })
    }
}

/// What the end of a line leaves open.
#[derive(Debug, Clone, Copy, Default)]
enum State {
    #[default]
    Plain,
    /// A comment, so many deep.
    Comment(usize),
    /// A text that ends with this.
    Text(Quote),
    /// A raw text of Rust that ends with so many hashes.
    Raw(usize),
    /// Inside a tag of markup.
    Tag,
}

/// Reads a text line by line.
#[derive(Debug)]
pub struct Lexer {
    language: Option<Language>,
    state: State,
    left: usize,
}

impl Lexer {
    /// At the beginning of a text.
    #[must_use]
    pub const fn new(language: Option<Language>) -> Self {
        Self {
            language,
            state: State::Plain,
            left: TEXT,
        }
    }

    /// The pieces of the next line, which together are the line.
    pub fn line<'a>(&mut self, line: &'a str) -> Vec<Piece<'a>> {
        let known = self.language.filter(|_| line.len() <= LINE);
        let is_over = self.left < line.len();
        self.left = self.left.saturating_sub(line.len() + 1);
        let Some(language) = known.filter(|_| !is_over) else {
            let whole = Piece {
                token: None,
                text: line,
            };
            return if line.is_empty() { vec![] } else { vec![whole] };
        };
        let rules = rules(language);
        let mut reader = Reader::new(line);
        while reader.at < line.len() {
            let (token, length) = self.next(&rules, &reader);
            reader.take(token, length);
        }
        reader.finish()
    }

    /// What comes next, and its length in bytes.
    fn next(&mut self, rules: &Rules, reader: &Reader<'_>) -> (Option<Token>, usize) {
        let rest = reader.rest();
        match self.state {
            State::Comment(depth) => (Some(Token::Comment), self.comment(rules, rest, depth)),
            State::Text(quote) => (Some(Token::Text), self.text(rest, 0, quote)),
            State::Raw(hashes) => (Some(Token::Text), self.raw(rest, 0, hashes)),
            State::Tag => self.tag(rest),
            State::Plain => self.plain(rules, reader, rest),
        }
    }

    fn plain(&mut self, rules: &Rules, reader: &Reader<'_>, rest: &str) -> (Option<Token>, usize) {
        let before = reader.before();
        let is_line = |mark: &&str| rest.starts_with(*mark);
        let is_free = !rules.wants_space || before.is_none_or(char::is_whitespace);
        if is_free && rules.line.iter().any(is_line) {
            return (Some(Token::Comment), rest.len());
        }
        if rules.block.is_some_and(|(open, _)| rest.starts_with(open)) {
            return (Some(Token::Comment), self.comment(rules, rest, 0));
        }
        if rules.is_markup {
            return self.markup(rest);
        }
        if let Some(length) = self.rust_text(rules, rest, before) {
            return (Some(Token::Text), length);
        }
        let opens = |quote: &&Quote| rest.starts_with(quote.mark);
        let is_word = before.is_some_and(is_word);
        if let Some(quote) = rules.quotes.iter().find(opens)
            && !(rules.has_keys && is_word)
        {
            let length = self.text(rest, quote.mark.len(), *quote);
            let is_key = rules.has_keys && is_key(&rest[length..]);
            let token = if is_key { Token::Type } else { Token::Text };
            return (Some(token), length);
        }
        word(rules, rest)
    }
}

#[cfg(test)]
mod tests;
