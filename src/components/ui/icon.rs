//! The line drawings of the console, each one path on a grid of 16.
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
    /// Its path on a grid of 16 by 16.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Branch => {
                "M4.5 5.5v5M4.5 5.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM4.5 13.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM11.5 7a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM11.5 7c0 3-7 1-7 3.5"
            }
            Self::Check => "M3.5 8.5l3 3 6-7",
            Self::Chevron => "M6 4l4 4-4 4",
            Self::Copy => "M6 6h7v7H6zM10 3.5V3H3v7h.5",
            Self::Cross => "M4.5 4.5l7 7M11.5 4.5l-7 7",
            Self::Down => "M8 3v10M4 9l4 4 4-4",
            Self::File => "M4 2.5h5l3 3v8H4zM9 2.5v3h3",
            Self::Globe => {
                "M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM2.5 8h11M8 2.5c3 3.4 3 7.6 0 11M8 2.5c-3 3.4-3 7.6 0 11"
            }
            Self::Hexagon => "M8 2.5l4.8 2.75v5.5L8 13.5l-4.8-2.75v-5.5z",
            Self::Lamp => "M6 10.8V9.7a4 4 0 1 1 4 0v1.1zM6.3 13.3h3.4",
            Self::More => {
                "M2.75 8a.5.5 0 1 0 1 0a.5.5 0 1 0-1 0M7.5 8a.5.5 0 1 0 1 0a.5.5 0 1 0-1 0M12.25 8a.5.5 0 1 0 1 0a.5.5 0 1 0-1 0"
            }
            Self::Move => "M2.5 8h11M9.5 4l4 4-4 4",
            Self::Pencil => "M3 13l.8-3.2 6.7-6.6 2.3 2.3-6.6 6.7zM9 4.7L11.3 7",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Prompt => "M2.5 4L6 8l-3.5 4M7.5 12.5h6",
            Self::Search => "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2",
            Self::Stop => "M4.5 4.5h7v7h-7z",
            Self::Switch => "M3 5.5h9.5M10 3l2.5 2.5L10 8M13 10.5H3.5M6 8l-2.5 2.5L6 13",
            Self::Trash => "M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5l.6 9h5.8l.6-9",
            Self::Up => "M8 13V3M4 7l4-4 4 4",
            Self::Warning => "M8 2.5L14 13H2zM8 6.5v3M8 11v.6",
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
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d=glyph.path()></path>
        </svg>
    }
}
