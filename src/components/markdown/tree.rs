//! Markdown as a tree of nodes: what is allowed, and what is only shown as text. Pure.
use super::allowed::{is_allowed, is_break};
use super::emphasis::{marked, unmarked};
use domain::ansi;
use pulldown_cmark::{Alignment, CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Containers inside containers beyond which content is drawn flat.
const MAX_DEPTH: usize = 24;

/// A top-level block, with what tells it from its earlier self.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// Place among the blocks.
    pub index: usize,
    /// Hash of its content.
    pub hash: u64,
    /// Its content.
    pub node: Node,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Node {
    /// Words; raw HTML too.
    Text(String),
    /// Code in a line.
    Code(String),
    /// A block of code.
    CodeBlock {
        /// First word after the fence; empty if none.
        language: String,
        /// The code.
        text: String,
    },
    /// A forced line end.
    Break,
    /// A line across.
    Rule,
    /// The box of a task.
    Task(bool),
    /// A link to elsewhere, of an allowed scheme.
    Link(String, Vec<Self>),
    /// Something that holds others.
    Group(Group, Vec<Self>),
}

/// What holds others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Group {
    /// Nothing of its own: content that is drawn where it stands.
    Flat,
    /// A paragraph.
    Paragraph,
    /// A heading, 1 to 6.
    Heading(u8),
    /// A quotation.
    Quote,
    /// A list; with its first number, if it is numbered.
    List(Option<u64>),
    /// An item of a list.
    Item,
    /// Emphasis.
    Emphasis,
    /// Strong emphasis.
    Strong,
    /// Struck out.
    Strike,
    /// A table.
    Table,
    /// The head of a table, one row.
    Head,
    /// A row of a table.
    Row,
    /// A cell; whether it is of numbers, set to the right.
    Cell(bool),
}

impl Group {
    /// Whether it must stay where it is for a table to be one.
    const fn is_of_table(self) -> bool {
        matches!(self, Self::Table | Self::Head | Self::Row | Self::Cell(_))
    }
}

/// The top-level blocks of a markdown text. A longer text leaves all but its last blocks equal.
#[must_use]
pub(super) fn blocks(source: &str) -> Vec<Block> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH;
    let source = marked(source);
    let source = match source.contains('\u{1b}') {
        true => Cow::Owned(ansi::without_codes(&source)),
        false => source,
    };
    let mut builder = Builder::default();
    for (event, place) in Parser::new_ext(&source, options).into_offset_iter() {
        builder.take(event, &source[place]);
    }
    let nodes = builder.finish().into_iter().enumerate();
    nodes
        .map(|(index, node)| Block {
            index,
            hash: hash_of(&node),
            node,
        })
        .collect()
}

fn hash_of(node: &Node) -> u64 {
    let mut hasher = DefaultHasher::new();
    node.hash(&mut hasher);
    hasher.finish()
}

/// What a container becomes when it ends.
enum Open {
    Group(Group),
    Code(String),
    Link(String),
    Image(String),
}

#[derive(Default)]
struct Builder {
    done: Vec<Node>,
    open: Vec<(Open, Vec<Node>)>,
    aligns: Vec<Alignment>,
    column: usize,
}

impl Builder {
    /// Takes what comes next; `written` is how it stands in the source.
    fn take(&mut self, event: Event<'_>, written: &str) {
        match event {
            // One tilde means "about", as in `~100`.
            Event::Start(Tag::Strikethrough) if !written.starts_with("~~") => {
                self.open.push((Open::Group(Group::Flat), Vec::new()));
                self.text("~");
            }
            Event::End(TagEnd::Strikethrough) if !written.starts_with("~~") => {
                self.text("~");
                self.close();
            }
            Event::Start(tag) => {
                let open = self.opened(tag);
                self.open.push((open, Vec::new()));
            }
            Event::End(_) => self.close(),
            Event::InlineHtml(text) if is_break(&text) => self.push(Node::Break),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&text),
            Event::Code(text) => self.push(Node::Code(unmarked(&text).into_owned())),
            Event::SoftBreak => self.text("\n"),
            Event::HardBreak => self.push(Node::Break),
            Event::Rule => self.push(Node::Rule),
            Event::TaskListMarker(is_done) => self.push(Node::Task(is_done)),
            Event::FootnoteReference(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.text(&text);
            }
        }
    }

    fn opened(&mut self, tag: Tag<'_>) -> Open {
        Open::Group(match tag {
            Tag::Paragraph => Group::Paragraph,
            Tag::Heading { level, .. } => Group::Heading(level as u8),
            Tag::BlockQuote(_) => Group::Quote,
            Tag::List(start) => Group::List(start),
            Tag::Item => Group::Item,
            Tag::Emphasis => Group::Emphasis,
            Tag::Strong => Group::Strong,
            Tag::Strikethrough => Group::Strike,
            Tag::TableRow => self.row(Group::Row),
            Tag::TableHead => self.row(Group::Head),
            Tag::TableCell => self.cell(),
            Tag::Table(aligns) => {
                self.aligns = aligns;
                Group::Table
            }
            Tag::CodeBlock(CodeBlockKind::Indented) => return Open::Code(String::new()),
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => {
                let language = info.split([' ', ',', '{']).next().unwrap_or_default();
                return Open::Code(language.to_owned());
            }
            Tag::Link { dest_url, .. } => return Open::Link(unmarked(&dest_url).into_owned()),
            Tag::Image { dest_url, .. } => return Open::Image(unmarked(&dest_url).into_owned()),
            _ => Group::Flat,
        })
    }

    fn row(&mut self, row: Group) -> Group {
        self.column = 0;
        row
    }

    fn cell(&mut self) -> Group {
        let align = self.aligns.get(self.column);
        self.column += 1;
        Group::Cell(align == Some(&Alignment::Right))
    }

    fn close(&mut self) {
        let Some((open, children)) = self.open.pop() else {
            return;
        };
        match open {
            Open::Group(group) if self.open.len() > MAX_DEPTH && !group.is_of_table() => {
                self.all(children);
            }
            Open::Group(Group::Flat) => self.all(children),
            Open::Group(group) => self.push(Node::Group(group, children)),
            Open::Code(language) => self.push(Node::CodeBlock {
                language,
                text: plain(&children),
            }),
            Open::Link(href) if is_allowed(&href) => self.push(Node::Link(href, children)),
            Open::Link(href) => {
                let words = plain(&children);
                self.all(children);
                if !href.is_empty() && words != href {
                    self.text(&format!(" ({href})"));
                }
            }
            Open::Image(href) => {
                let words = plain(&children);
                let words = if words.is_empty() { "image" } else { &words };
                let label = format!("{words} ({href})");
                // A link inside a link is no markup that a browser would keep.
                let is_linked = self
                    .open
                    .iter()
                    .any(|(open, _)| matches!(open, Open::Link(_)));
                self.push(if is_allowed(&href) && !is_linked {
                    Node::Link(href, vec![Node::Text(label)])
                } else {
                    Node::Text(label)
                });
            }
        }
    }

    fn all(&mut self, nodes: Vec<Node>) {
        for node in nodes {
            match node {
                Node::Text(words) => self.text(&words),
                node => self.push(node),
            }
        }
    }

    fn push(&mut self, node: Node) {
        match self.open.last_mut() {
            Some((_, children)) => children.push(node),
            None => self.done.push(node),
        }
    }

    /// Adds words to the text before them, so that equal texts have equal trees.
    fn text(&mut self, words: &str) {
        let words = &*unmarked(words);
        let siblings = match self.open.last_mut() {
            Some((_, children)) => children,
            None => &mut self.done,
        };
        match siblings.last_mut() {
            Some(Node::Text(text)) => text.push_str(words),
            _ => siblings.push(Node::Text(words.to_owned())),
        }
    }

    fn finish(mut self) -> Vec<Node> {
        while !self.open.is_empty() {
            self.close();
        }
        self.done
    }
}

fn plain(nodes: &[Node]) -> String {
    let mut words = String::new();
    for node in nodes {
        match node {
            Node::Text(text) | Node::Code(text) => words.push_str(text),
            Node::CodeBlock { text, .. } => words.push_str(text),
            Node::Link(_, children) | Node::Group(_, children) => words.push_str(&plain(children)),
            Node::Break | Node::Rule | Node::Task(_) => words.push(' '),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(source: &str) -> Vec<Node> {
        match blocks(source).remove(0).node {
            Node::Group(_, children) => children,
            node => vec![node],
        }
    }

    fn text(words: &str) -> Node {
        Node::Text(words.to_owned())
    }

    #[test]
    fn raw_html_is_text() {
        assert_eq!(only("a <b onclick=x>c</b>"), [text("a <b onclick=x>c</b>")]);
        let block = only("<script>\nalert(1)\n</script>\n");
        assert_eq!(block, [text("<script>\nalert(1)\n</script>\n")]);
    }

    #[test]
    fn one_tilde_strikes_nothing_out() {
        for words in ["between ~100 and 200~ users", "~5", "a ~b~ c"] {
            assert_eq!(only(words), [text(words)]);
        }
        let struck = Node::Group(Group::Strike, vec![text("gone")]);
        assert_eq!(only("~~gone~~"), [struck]);
    }

    #[test]
    fn emphasis_ends_beside_marks_of_languages_without_spaces() {
        let strong = |words: &str| Node::Group(Group::Strong, vec![text(words)]);
        for (source, before, words, after) in [
            ("**「重要」**です", "", "「重要」", "です"),
            ("これは**「重要」**です", "これは", "「重要」", "です"),
            ("**重要。**次", "", "重要。", "次"),
            ("**重要:**です", "", "重要:", "です"),
            ("이것은**(중요)**입니다", "이것은", "(중요)", "입니다"),
            ("**重要**です", "", "重要", "です"),
        ] {
            let parts = [text(before), strong(words), text(after)];
            let wanted = parts.into_iter().filter(|node| *node != text(""));
            assert_eq!(only(source), wanted.collect::<Vec<_>>(), "{source}");
        }
        let globs = "ファイル*.txt と 画像*.png";
        assert_eq!(only(globs), [text(globs)]);
        assert_eq!(only("2 * 3 * 4 「x」"), [text("2 * 3 * 4 「x」")]);
        assert_eq!(
            only("`**「a」**b`です"),
            [Node::Code("**「a」**b".into()), text("です")]
        );
    }

    #[test]
    fn a_break_is_the_only_tag_that_is_obeyed() {
        for tag in ["<br>", "<br/>", "<br />", "<BR>"] {
            assert_eq!(
                only(&format!("a{tag}b")),
                [text("a"), Node::Break, text("b")]
            );
        }
        assert_eq!(only("a<brx>b"), [text("a<brx>b")]);
    }

    #[test]
    fn codes_of_a_terminal_are_not_shown() {
        assert_eq!(
            only("\u{1b}[31mred\u{1b}[0m and *it*"),
            [
                text("red and "),
                Node::Group(Group::Emphasis, vec![text("it")]),
            ]
        );
    }

    #[test]
    fn only_web_and_mail_links_lead_anywhere() {
        let link = Node::Link("https://a.example".into(), vec![text("a")]);
        assert_eq!(only("[a](https://a.example)"), [link]);
        for href in [
            "javascript:alert",
            "data:text/html;x",
            "//evil.example",
            "src/a.rs",
        ] {
            assert_eq!(
                only(&format!("[a]({href})")),
                [text(&format!("a ({href})"))]
            );
        }
    }

    #[test]
    fn images_are_links_and_are_never_loaded() {
        let label = "cat (https://a.example/c.png)";
        let link = Node::Link("https://a.example/c.png".into(), vec![text(label)]);
        assert_eq!(only("![cat](https://a.example/c.png)"), [link]);
        assert_eq!(
            only("![cat](data:image/png;x)"),
            [text("cat (data:image/png;x)")]
        );
    }

    #[test]
    fn an_image_in_a_link_is_words_of_the_link() {
        let words = vec![text("ok (https://a.example/b.svg)")];
        let link = Node::Link("https://a.example".into(), words);
        assert_eq!(
            only("[![ok](https://a.example/b.svg)](https://a.example)"),
            [link]
        );
    }

    #[test]
    fn code_keeps_its_language_and_every_character() {
        let code = Node::CodeBlock {
            language: "rust".into(),
            text: "let a: Vec<String>;\n\n&lt;\n".into(),
        };
        assert_eq!(
            only("```rust ignore\nlet a: Vec<String>;\n\n&lt;\n```"),
            [code]
        );
    }

    #[test]
    fn growing_text_leaves_earlier_blocks_equal() {
        let whole = "# A\n\nwords and *more*\n\n- one\n- two\n\n```sh\nls\n```\n\nend";
        let all = blocks(whole);
        for end in 0..whole.len() {
            let part = blocks(&whole[..end]);
            let kept = part.len().saturating_sub(2);
            assert_eq!(part[..kept], all[..kept], "{end}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        fn depth(node: &Node) -> usize {
            match node {
                Node::Group(_, children) | Node::Link(_, children) => {
                    1 + children.iter().map(depth).max().unwrap_or(0)
                }
                _ => 0,
            }
        }
        for text in ["x", "|a|\n|-|\n|b|"] {
            let quote = "> ".repeat(5000);
            let text = text.lines().map(|line| format!("{quote}{line}\n"));
            let deep = blocks(&text.collect::<String>());
            assert!(depth(&deep[0].node) <= MAX_DEPTH + 5);
        }
    }
}
