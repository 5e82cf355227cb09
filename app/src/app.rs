//! The root: contexts, what to show before the phone's records are open, and the route table.
//! Not the frame around screens; that is [`crate::components::shell`].

use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::path;

use crate::components::shell::Shell;
use crate::i18n::{provide_lang, t, use_lang};
use crate::pages::aside::Aside;
use crate::pages::code::Code;
use crate::pages::devices::Devices;
use crate::pages::draft::Draft;
use crate::pages::household::Household;
use crate::pages::households::Households;
use crate::pages::listening::Listening;
use crate::pages::locked::{LockedPhone, RevokedPhone};
use crate::pages::login::Login;
use crate::pages::me::Me;
use crate::pages::not_found::NotFound;
use crate::pages::opening::{CannotOpen, Opening};
use crate::pages::owner::Owner;
use crate::pages::password::Password;
use crate::pages::phrases::Phrases;
use crate::pages::planning::Planning;
use crate::pages::rescue::Rescue;
use crate::pages::sealed::Sealed;
use crate::pages::today::Today;
use crate::pages::visit::Visit;
use crate::pages::visit::printing::Printing;
use crate::pages::visits::{NoneChosen, Visits};
use crate::state;
use crate::state::entrance::{Stage, use_entrance};

/// The app.
#[component]
pub fn App() -> impl IntoView {
    provide_lang();
    state::provide_all();
    view! {
        <Router>
            <Doorway />
        </Router>
        <CrashNotice />
    }
}

/// The screens for whoever is logged in, whatever the address; before that the log-in, or what is
/// to be said while the phone's records are being opened.
#[component]
fn Doorway() -> impl IntoView {
    let entrance = use_entrance();
    let stage = Memo::new(move |_| entrance.get());
    move || match stage.get() {
        Stage::Opening => view! { <Opening /> }.into_any(),
        Stage::Failed(error) => view! { <CannotOpen error /> }.into_any(),
        Stage::Locked(locked) => view! { <LockedPhone locked /> }.into_any(),
        Stage::Revoked(records) => view! { <RevokedPhone records /> }.into_any(),
        Stage::Out(left) => view! { <Login left /> }.into_any(),
        Stage::In => view! { <Screens /> }.into_any(),
    }
}

/// The route table.
#[component]
fn Screens() -> impl IntoView {
    view! {
        <Shell>
            <Routes fallback=|| view! { <NotFound /> }>
                <Route path=path!("/") view=Today />
                <Route path=path!("/login") view=|| view! { <Login /> } />
                <Route path=path!("/households") view=Households />
                <Route path=path!("/households/:id") view=Household />
                <Route path=path!("/households/:id/plan") view=Planning />
                <Route path=path!("/households/:id/plan/:plan") view=Planning />
                <Route path=path!("/visits/:subject/print") view=Printing />
                <ParentRoute path=path!("/visits") view=Visits>
                    <Route path=path!("") view=NoneChosen />
                    <Route path=path!(":subject") view=Visit />
                </ParentRoute>
                <ParentRoute path=path!("/drafts/:subject") view=Draft>
                    <Route path=path!("") view=Listening />
                    <Route path=path!("owner") view=Owner />
                </ParentRoute>
                <Route path=path!("/sealed/:event") view=Sealed />
                <Route path=path!("/me") view=Me />
                <Route path=path!("/me/password") view=Password />
                <Route path=path!("/me/code") view=Code />
                <Route path=path!("/me/devices") view=Devices />
                <Route path=path!("/me/aside") view=Aside />
                <Route path=path!("/me/rescue") view=Rescue />
                <Route path=path!("/me/phrases") view=Phrases />
            </Routes>
        </Shell>
    }
}

/// Hidden until the app hits a state thought impossible; `public/boot.js` shows it then.
#[component]
fn CrashNotice() -> impl IntoView {
    let lang = use_lang();
    view! {
        <div id="crash" class="crash" role="alert" hidden>
            <p>{lang.words(t::crash_text)}</p>
            <a class="button primary" href="/">
                {lang.words(t::crash_again)}
            </a>
        </div>
    }
}
