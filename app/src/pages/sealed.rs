//! A visit just finished: its red seal and receipt code, and whether the office has it. Shown
//! while the owner still looks on, so nothing else of the app is here.

use doorstep_domain::hash::Hash;
use doorstep_domain::id::EventId;
use doorstep_domain::seal::receipt_code;
use doorstep_domain::state::{Finish, Place, VisitRecord};
use doorstep_domain::visit::SigningOutcome;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;

use self::slip::Slip;
use crate::browser::format::{self, Style};
use crate::components::icon::{Glyph, Icon};
use crate::components::receipt_qr::ReceiptQr;
use crate::components::seal_mark::SealMark;
use crate::i18n::{self, t, use_lang};
use crate::path::Path;
use crate::state::now::use_now;
use crate::state::phone::use_phone;
use crate::state::session::use_session;
use crate::state::sites::use_sites;

mod slip;

/// The screen.
#[component]
pub fn Sealed() -> impl IntoView {
    let lang = use_lang();
    let params = use_params_map();
    let sites = use_sites();
    let session = use_session();
    let found = move || {
        let id: EventId = params.read().get("event")?.parse().ok()?;
        sites.with(|state| {
            let finishes = state.visits.values().flat_map(|record| &record.finishes);
            finishes.into_iter().find(|finish| finish.id == id).cloned()
        })
    };
    // What ended without anybody's page can be taken back that day by who ended it.
    let now = use_now();
    let slip = move || {
        let finish = found().filter(|finish| finish.signing.is_none())?;
        let record = sites.with(|state| {
            let records = state.visits.values();
            let of_it = |it: &&VisitRecord| it.finishes.iter().any(|it| it.id == finish.id);
            let record = records.into_iter().find(of_it)?;
            (!record.is_voided()).then_some(record.subject)
        })?;
        let is_own = session.person() == Some(finish.actor);
        let is_fresh = finish.at.date() == now.today();
        (is_own && is_fresh).then_some((record, finish))
    };
    let slip = Memo::new(move |_| slip());
    // Drawn once: the seal comes down once, and only what is said of its place changes.
    let id = Memo::new(move |_| found().map(|finish| finish.id));
    let place = Memo::new(move |_| found().map_or(Place::OnPhone, |finish| finish.place));
    let shown = move || match id.get().and_then(|_| untrack(found)) {
        Some(finish) => view! { <Finished finish place /> }.into_any(),
        None => view! { <h1>{lang.words(t::sealed_gone)}</h1> }.into_any(),
    };
    view! {
        <main class="sealed-page">{shown}</main>
        <footer class="foot-bar plain">
            {move || slip.get().map(|(record, finish)| view! { <Slip record finish /> })}
            <A href=Path::Today.to_string() attr:class="button primary wide">
                {lang.words(t::sealed_done)}
            </A>
        </footer>
    }
}

/// The seal, what it means, and where the record is.
#[component]
fn Finished(
    /// The visit.
    finish: Finish,
    /// Where it is by now.
    place: Memo<Place>,
) -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let outcome = finish.signing.as_ref().map(|signing| signing.outcome);
    let title = move || match outcome {
        Some(SigningOutcome::Signed | SigningOutcome::SomeoneElse | SigningOutcome::Typed) => {
            t::sealed_signed(lang.get())
        }
        Some(_) => t::sealed_title(lang.get()),
        None => t::sealed_unmet(lang.get()),
    };
    let how = match outcome {
        Some(SigningOutcome::Signed) | None => None,
        Some(other) => Some(move || i18n::signing(lang.get(), other)),
    };
    let unmet =
        (outcome.is_none()).then_some(move || i18n::outcome(lang.get(), finish.fact.outcome));
    let name = move || {
        session
            .get()
            .map(|session| session.name.clone())
            .unwrap_or_default()
    };
    let hand_back = finish
        .seal
        .map(|_| move || t::sealed_hand_back(lang.get(), &name()));
    view! {
        {finish.seal.map(|seal| view! { <div class="sealed-mark"><SealMark hash=seal /></div> })}
        <h1>{title}</h1>
        <p class="caption">{how} {unmet}</p>
        {finish.seal.map(|seal| view! { <Receipt seal /> })}
        <Whereabouts id=finish.id place seal=finish.seal />
        <p class="caption center">{hand_back}</p>
    }
}

/// The receipt code.
#[component]
fn Receipt(
    /// The seal.
    seal: Hash,
) -> impl IntoView {
    let lang = use_lang();
    view! {
        <p class="center">{lang.words(t::sealed_tamper)}</p>
        <div class="card">
            <p class="caption">{lang.words(t::sealed_receipt)}</p>
            <p class="receipt-code">{receipt_code(&seal)}</p>
            <ReceiptQr seal lang=Signal::derive(move || lang.get()) />
            <p class="caption">{lang.words(t::sealed_receipt_use)}</p>
        </div>
    }
}

/// Only on this phone, received by the office, or not taken; changes by itself.
#[component]
fn Whereabouts(
    /// The event.
    id: EventId,
    /// Where it is.
    place: Memo<Place>,
    /// Its seal, which the office has checked when it has the record.
    seal: Option<Hash>,
) -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let phone = use_phone();
    let refusal = move || {
        let refused = phone.status.with(|view| {
            let item = view.unsent.iter().find(|item| item.id == id)?;
            item.refusal.clone()
        });
        refused.map(|(code, params)| i18n::refusal(lang.get(), code, &params))
    };
    let glyph = move || match place.get() {
        Place::Received { .. } => Glyph::Check,
        Place::OnPhone => Glyph::Cloud,
    };
    let tone = move || match place.get() {
        Place::Received { .. } => "whereabouts jade",
        Place::OnPhone => "whereabouts amber",
    };
    let words = move || match place.get() {
        Place::Received { at, .. } => {
            let time = format::time(lang.get(), &session.zone(), Style::Clock, at);
            let title = t::sealed_received(lang.get(), &time);
            let checked = seal.map(|_| t::sealed_received_text(lang.get()));
            (title, checked.unwrap_or_default().to_owned())
        }
        Place::OnPhone => match refusal() {
            Some(reason) => (t::sealed_refused(lang.get()).to_owned(), reason),
            None => (
                t::sealed_only_here(lang.get()).to_owned(),
                t::sealed_only_here_text(lang.get()).to_owned(),
            ),
        },
    };
    view! {
        <div class="card row gap" role="status">
            <span class=tone>
                {move || view! { <Icon glyph=glyph() /> }}
            </span>
            <div class="grow">
                <b>{move || words().0}</b>
                <p class="caption">{move || words().1}</p>
            </div>
        </div>
    }
}
