//! The root: contexts, what to show before the phone's records are open, and the route table.
//! Not the frame around screens; that is [`crate::components::shell`].

use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

use crate::components::shell::Shell;
use crate::i18n::{provide_lang, t, use_lang};
use crate::pages::household::Household;
use crate::pages::households::Households;
use crate::pages::listening::Listening;
use crate::pages::login::Login;
use crate::pages::me::Me;
use crate::pages::not_found::NotFound;
use crate::pages::owner::Owner;
use crate::pages::sealed::Sealed;
use crate::pages::today::Today;
use crate::pages::visit::Visit;
use crate::pages::visits::Visits;
use crate::state;
use crate::state::session::use_session;

/// The app.
#[component]
pub fn App() -> impl IntoView {
    provide_lang();
    state::provide_all();
    view! {
        <CrashNotice />
        <Router>
            <Doorway />
        </Router>
    }
}

/// Screens for whoever is logged in; the log-in for everybody else, whatever the address.
#[component]
fn Doorway() -> impl IntoView {
    let session = use_session();
    let is_open = Memo::new(move |_| session.is_open());
    view! {
        <Show when=move || is_open.get() fallback=|| view! { <Login /> }>
            <Shell>
                <Routes fallback=|| view! { <NotFound /> }>
                    <Route path=path!("/") view=Today />
                    <Route path=path!("/login") view=Login />
                    <Route path=path!("/households") view=Households />
                    <Route path=path!("/households/:id") view=Household />
                    <Route path=path!("/visits") view=Visits />
                    <Route path=path!("/visits/:subject") view=Visit />
                    <Route path=path!("/drafts/:subject") view=Listening />
                    <Route path=path!("/drafts/:subject/owner") view=Owner />
                    <Route path=path!("/sealed/:event") view=Sealed />
                    <Route path=path!("/me") view=Me />
                </Routes>
            </Shell>
        </Show>
    }
}

/// Hidden until the app hits a state thought impossible (see [`crate::browser::panics`]).
#[component]
fn CrashNotice() -> impl IntoView {
    let lang = use_lang();
    view! {
        <div id="crash" class="crash" role="alert" hidden>
            <p>{move || t::crash_text(lang.get())}</p>
            <a class="button primary" href="/">
                {move || t::crash_again(lang.get())}
            </a>
        </div>
    }
}
