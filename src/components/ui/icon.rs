//! The line drawings of the console. The stylesheet has them: each is one element of the page.
use leptos::prelude::*;

/// A drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    /// A fork of lines: a git branch.
    Branch,
    /// A tick.
    Check,
    /// Points right; turns when unfolded.
    Chevron,
    /// Two sheets.
    Copy,
    /// An X.
    Cross,
    /// An arrow down.
    Down,
    /// A sheet of paper.
    File,
    /// A globe.
    Globe,
    /// A hexagon: any tool.
    Hexagon,
    /// A lamp: thinking.
    Lamp,
    /// Three dots.
    More,
    /// An arrow right.
    Move,
    /// A pencil.
    Pencil,
    /// A plus.
    Plus,
    /// A prompt of a shell.
    Prompt,
    /// A lens.
    Search,
    /// A square.
    Stop,
    /// Two arrows.
    Switch,
    /// A bin.
    Trash,
    /// An arrow up.
    Up,
    /// A triangle with a mark.
    Warning,
}

impl Glyph {
    /// The word of the stylesheet.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Branch => "branch",
            Self::Check => "check",
            Self::Chevron => "chevron",
            Self::Copy => "copy",
            Self::Cross => "cross",
            Self::Down => "down",
            Self::File => "file",
            Self::Globe => "globe",
            Self::Hexagon => "hexagon",
            Self::Lamp => "lamp",
            Self::More => "more",
            Self::Move => "move",
            Self::Pencil => "pencil",
            Self::Plus => "plus",
            Self::Prompt => "prompt",
            Self::Search => "search",
            Self::Stop => "stop",
            Self::Switch => "switch",
            Self::Trash => "trash",
            Self::Up => "up",
            Self::Warning => "warning",
        }
    }
}

/// A drawing of the size of the text. It is never the only bearer of a meaning.
#[component]
pub fn Icon(
    /// Which one.
    glyph: Glyph,
) -> impl IntoView {
    view! {
        <i class="icon" data-glyph=glyph.as_str() aria-hidden="true"></i>
    }
}
