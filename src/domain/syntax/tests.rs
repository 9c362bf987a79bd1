//! What the lexer sees in each family, and what bounds it.
use super::{Language, Lexer, Token};

/// Lines as `word:kind`, plain text left out.
fn seen(language: Language, text: &str) -> Vec<String> {
    let mut lexer = Lexer::new(Some(language));
    let mut found = Vec::new();
    for line in text.lines() {
        let pieces = lexer.line(line);
        let whole: String = pieces.iter().map(|piece| piece.text).collect();
        assert_eq!(whole, line);
        let known = pieces.iter().filter(|piece| piece.token.is_some());
        found.extend(known.map(|piece| {
            let kind = piece.token.map_or("", Token::as_str);
            format!("{}:{kind}", piece.text)
        }));
    }
    found
}

#[track_caller]
fn check(language: Language, text: &str, wanted: &[&str]) {
    assert_eq!(seen(language, text), wanted);
}

#[test]
fn rust_is_read_with_lifetimes_characters_and_raw_texts() {
    check(
        Language::Rust,
        "fn a<'a>(x: &'a str) -> Vec<char> { 'b' }",
        &["fn:keyword", "Vec:type", "'b':string"],
    );
    check(
        Language::Rust,
        r####"let x = r#"a"b"#; b'\''; 0x1f 1.5 0..2"####,
        &[
            "let:keyword",
            r###"r#"a"b"#:string"###,
            r"'\'':string",
            "0x1f:number",
            "1.5:number",
            "0:number",
            "2:number",
        ],
    );
    check(
        Language::Rust,
        "/* a /* b */\n c */ let s = \"one\ntwo\"; // end",
        &[
            "/* a /* b */:comment",
            " c */:comment",
            "let:keyword",
            "\"one:string",
            "two\":string",
            "// end:comment",
        ],
    );
}

#[test]
fn scripts_and_their_kin_are_read() {
    check(
        Language::Script,
        "const a: Map = `x\n${y}` + 'it\\'s' // \"",
        &[
            "const:keyword",
            "Map:type",
            "`x:string",
            "${y}`:string",
            "'it\\'s':string",
            "// \":comment",
        ],
    );
    check(
        Language::C,
        "/* x\n*/ func main() { return 1_000 }",
        &[
            "/* x:comment",
            "*/:comment",
            "func:keyword",
            "return:keyword",
            "1_000:number",
        ],
    );
    check(
        Language::Python,
        "@cache\ndef f(): # x\n  '''a\n  b''' + \"#\"",
        &[
            "@cache:keyword",
            "def:keyword",
            "# x:comment",
            "'''a:string",
            "  b''':string",
            "\"#\":string",
        ],
    );
}

#[test]
fn shell_sql_and_data_are_read() {
    check(
        Language::Shell,
        "if x; then echo ${#a} 'b' # c",
        &[
            "if:keyword",
            "then:keyword",
            "echo:keyword",
            "'b':string",
            "# c:comment",
        ],
    );
    check(
        Language::Sql,
        "SELECT a FROM b WHERE c = 'it''s' -- d",
        &[
            "SELECT:keyword",
            "FROM:keyword",
            "WHERE:keyword",
            "'it':string",
            "'s':string",
            "-- d:comment",
        ],
    );
    check(
        Language::Data,
        "{\"a-b\": [1, true, \"c\"]}\nkey = 'x' # note\nit's: http://x",
        &[
            "\"a-b\":type",
            "1:number",
            "true:keyword",
            "\"c\":string",
            "key:type",
            "'x':string",
            "# note:comment",
            "s:type",
            "http:type",
        ],
    );
}

#[test]
fn markup_and_sheets_are_read() {
    check(
        Language::Markup,
        "<!-- a\n--><p class=\"x\">it's <b>b</b> 1 < 2",
        &[
            "<!-- a:comment",
            "-->:comment",
            "<p:keyword",
            "class:type",
            "\"x\":string",
            ">:keyword",
            "<b:keyword",
            ">:keyword",
            "</b:keyword",
            ">:keyword",
        ],
    );
    check(
        Language::Css,
        "@media x { a { margin-top: 1.5rem; } /* b */ }",
        &[
            "@media:keyword",
            "margin-top:type",
            "1.5rem:number",
            "/* b */:comment",
        ],
    );
}

#[test]
fn languages_are_known_by_file_and_by_fence() {
    let known = [
        ("src/a.rs", Some(Language::Rust)),
        ("a/Makefile", Some(Language::Shell)),
        ("b.d/Cargo.toml", Some(Language::Data)),
        ("b.rs/README", None),
        ("notes.md", None),
    ];
    for (path, language) in known {
        assert_eq!(Language::of_path(path), language, "{path}");
    }
    assert_eq!(Language::of_name("TypeScript"), Some(Language::Script));
    assert_eq!(Language::of_name(""), None);
}

#[test]
fn long_lines_and_the_rest_of_long_texts_stay_plain() {
    let mut lexer = Lexer::new(Some(Language::Rust));
    let long = "let ".repeat(501);
    assert_eq!(lexer.line(&long).len(), 1);
    assert_eq!(lexer.line("let x").len(), 2);
    for _ in 0..2700 {
        lexer.line(&long[..100]);
    }
    assert_eq!(lexer.line("let x")[0].token, None);
    assert!(lexer.line("").is_empty());
}

#[test]
fn no_text_breaks_it() {
    let odd = "'\\ü' r#ü \"\\ü <ü /*ü*/ü'ü'ü`\\";
    for language in [
        Language::Rust,
        Language::C,
        Language::Python,
        Language::Shell,
        Language::Data,
        Language::Markup,
        Language::Css,
    ] {
        for end in (0..=odd.len()).filter(|end| odd.is_char_boundary(*end)) {
            seen(language, &format!("{}\n{}", &odd[..end], &odd[end..]));
        }
    }
}
