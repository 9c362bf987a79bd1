//! What the families of languages look like: their comments, texts and words.
use super::Language;

/// How a text is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quote {
    /// What it begins and ends with.
    pub(super) mark: &'static str,
    /// Whether a backslash hides the next letter.
    pub(super) escapes: bool,
    /// Whether it may go on in the next line.
    pub(super) goes_on: bool,
}

/// What a family looks like.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a table of what each family has, not a state"
)]
pub(super) struct Rules {
    /// Marks of a comment up to the end of the line.
    pub(super) line: &'static [&'static str],
    /// Marks around a comment.
    pub(super) block: Option<(&'static str, &'static str)>,
    pub(super) quotes: &'static [Quote],
    /// With a space between.
    pub(super) keywords: &'static str,
    /// Whether comments hold comments.
    pub(super) nests: bool,
    /// Whether a line comment begins only after a space.
    pub(super) wants_space: bool,
    /// Whether keywords may be written in capitals.
    pub(super) is_loud: bool,
    /// Whether a capital begins the name of a type.
    pub(super) has_types: bool,
    /// Whether a word before a colon or an equals sign is a key.
    pub(super) has_keys: bool,
    /// Whether words hold dashes.
    pub(super) has_dashes: bool,
    /// Whether a word may begin with an at sign.
    pub(super) has_at: bool,
    pub(super) is_rust: bool,
    pub(super) is_markup: bool,
}

const fn quote(mark: &'static str, escapes: bool, goes_on: bool) -> Quote {
    Quote {
        mark,
        escapes,
        goes_on,
    }
}

const DOUBLE: Quote = quote("\"", true, false);
const SINGLE: Quote = quote("'", true, false);

const RUST: &str = "as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref return self static struct super trait true type union unsafe use where while";
const C: &str = "abstract auto bool boolean break byte case catch chan char class const constexpr continue default defer delete do double else enum explicit export extends extern false final finally float for foreach fun func function go goto guard if implements import in inline int interface internal is let long map mutable namespace new nil null nullptr operator override package private protected public range readonly return select short signed sizeof static struct super switch template this throw throws true try type typedef typename union unsigned using val var virtual void volatile when while";
const SCRIPT: &str = "abstract any as async await boolean break case catch class const continue debugger declare default delete do else enum export extends false finally for from function get if implements import in infer instanceof interface keyof let namespace never new null number of private protected public readonly return satisfies set static string super switch symbol this throw true try type typeof undefined unknown var void while with yield";
const PYTHON: &str = "False None True and as assert async await begin break case class continue def del do elif else elsif end ensure except finally for from global if import in is lambda match module nil nonlocal not or pass raise require rescue return self try unless while with yield";
const SHELL: &str = "break case cd continue do done echo elif else esac eval exec exit export fi for function if in local readonly return set shift source then trap unset until while ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM RUN USER WORKDIR";
const SQL: &str = "add all alter and as asc autoincrement begin between by cascade case check commit conflict constraint create cross database default delete desc distinct do drop else end exists false foreign from full grant group having if in index inner insert into is join key left like limit not null offset on or order outer primary references replace returning right rollback select set table then transaction trigger true union unique update using values view when where with without";

const PLAIN: Rules = Rules {
    line: &[],
    block: None,
    quotes: &[DOUBLE, SINGLE],
    keywords: "",
    nests: false,
    wants_space: false,
    is_loud: false,
    has_types: false,
    has_keys: false,
    has_dashes: false,
    has_at: false,
    is_rust: false,
    is_markup: false,
};

const RUST_RULES: Rules = Rules {
    line: &["//"],
    block: Some(("/*", "*/")),
    quotes: &[quote("\"", true, true)],
    keywords: RUST,
    nests: true,
    has_types: true,
    is_rust: true,
    ..PLAIN
};

const C_RULES: Rules = Rules {
    line: &["//"],
    block: Some(("/*", "*/")),
    quotes: &[DOUBLE, SINGLE, quote("`", true, true)],
    keywords: C,
    has_types: true,
    has_at: true,
    ..PLAIN
};

const PYTHON_RULES: Rules = Rules {
    line: &["#"],
    quotes: &[
        quote("\"\"\"", true, true),
        quote("'''", true, true),
        DOUBLE,
        SINGLE,
    ],
    keywords: PYTHON,
    has_types: true,
    has_at: true,
    ..PLAIN
};

const SHELL_RULES: Rules = Rules {
    line: &["#"],
    quotes: &[quote("\"", true, true), quote("'", false, true)],
    keywords: SHELL,
    wants_space: true,
    ..PLAIN
};

const SQL_RULES: Rules = Rules {
    line: &["--"],
    block: Some(("/*", "*/")),
    quotes: &[quote("'", false, true), quote("\"", false, false)],
    keywords: SQL,
    is_loud: true,
    ..PLAIN
};

const DATA_RULES: Rules = Rules {
    line: &["#", "//"],
    quotes: &[
        quote("\"\"\"", true, true),
        DOUBLE,
        quote("'", false, false),
    ],
    keywords: "true false null yes no on off",
    wants_space: true,
    has_keys: true,
    has_dashes: true,
    ..PLAIN
};

const MARKUP_RULES: Rules = Rules {
    block: Some(("<!--", "-->")),
    is_markup: true,
    ..PLAIN
};

const CSS_RULES: Rules = Rules {
    block: Some(("/*", "*/")),
    keywords: "auto inherit initial none unset",
    has_keys: true,
    has_dashes: true,
    has_at: true,
    ..PLAIN
};

/// What a language looks like.
pub(super) const fn rules(language: Language) -> Rules {
    match language {
        Language::Rust => RUST_RULES,
        Language::C => C_RULES,
        Language::Script => Rules {
            keywords: SCRIPT,
            ..C_RULES
        },
        Language::Python => PYTHON_RULES,
        Language::Shell => SHELL_RULES,
        Language::Sql => SQL_RULES,
        Language::Data => DATA_RULES,
        Language::Markup => MARKUP_RULES,
        Language::Css => CSS_RULES,
    }
}
