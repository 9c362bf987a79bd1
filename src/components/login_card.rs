//! The page that a login link opens.
use leptos::prelude::*;

/// What stands in the way of a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginTrouble {
    /// No token came with the address.
    NoToken,
    /// The token is spent, too old or wrong.
    BadToken,
}

/// The page that a login link opens: a plain form, so that it works without JavaScript.
#[component]
pub fn LoginCard(
    /// Where the form goes.
    #[prop(into)]
    action: String,
    /// The token of the link; without it there is nothing to press.
    #[prop(into)]
    token: Option<String>,
    /// What stands in the way.
    #[prop(optional_no_strip)]
    trouble: Option<LoginTrouble>,
) -> impl IntoView {
    let words = match trouble {
        None => "This link logs this browser in. It works once.",
        Some(LoginTrouble::NoToken) => "A login link is needed to enter.",
        Some(LoginTrouble::BadToken) => "This login link is spent or too old.",
    };
    let form = token.filter(|_| trouble.is_none()).map(|token| {
        view! {
            <form method="post" action=action>
                <input type="hidden" name="t" value=token/>
                <button type="submit" data-tone="main" autofocus>"Log in"</button>
            </form>
        }
    });
    let hint = form.is_none().then(|| {
        view! {
            <p class="login-card__hint">
                "Run " <code>"heddle login-link"</code> " where the console runs, and open the link that it prints."
            </p>
        }
    });
    view! {
        <section class="login-card" data-place="alone" aria-label="Log in">
            <p role=trouble.map(|_| "alert")>{words}</p>
            {form}
            {hint}
        </section>
    }
    .into_any()
}
