//! A few figures that say the most.
use leptos::prelude::*;

/// One figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatTile {
    /// What it is.
    pub label: &'static str,
    /// The figure in words.
    pub value: String,
    /// What it stands beside, such as the whole.
    pub note: String,
}

/// Figures side by side.
#[component]
pub fn StatTiles(
    /// In the order to show.
    tiles: Vec<StatTile>,
) -> impl IntoView {
    let tile = |tile: StatTile| {
        view! {
            <div class="stat-tiles__tile">
                <dt class="stat-tiles__label">{tile.label}</dt>
                <dd class="stat-tiles__value">{tile.value}</dd>
                <dd class="stat-tiles__note">{tile.note}</dd>
            </div>
        }
    };
    let tiles: Vec<_> = tiles.into_iter().map(tile).collect();
    view! { <dl class="stat-tiles">{tiles}</dl> }.into_any()
}
