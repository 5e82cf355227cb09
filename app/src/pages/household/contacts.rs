//! Whom to ask for, and calling them: phoning ahead is the first step of a visit (R2.2).

use doorstep_domain::household::Contact;
use leptos::either::Either;
use leptos::prelude::*;

use crate::components::icon::{Glyph, Icon};
use crate::i18n::{self, t, use_lang};

/// All contacts, most usual first.
#[component]
pub fn Contacts(
    /// The contacts.
    contacts: Vec<Contact>,
    /// Set when one is called.
    called: RwSignal<bool>,
) -> impl IntoView {
    let lang = use_lang();
    let nobody = contacts.is_empty();
    let numbered = StoredValue::new(contacts.into_iter().enumerate().collect::<Vec<_>>());
    let none = lang.words(t::household_no_contacts);
    view! {
        <h2 class="section">{lang.words(t::household_contacts)}</h2>
        <Show when=move || !nobody fallback=move || view! { <p class="card">{none}</p> }>
            <ul class="list">
                <For each=move || numbered.get_value() key=|(place, _)| *place let((_, contact))>
                    <ContactRow contact called />
                </For>
            </ul>
        </Show>
    }
}

/// One contact.
#[component]
fn ContactRow(
    /// The contact.
    contact: Contact,
    /// Set when they are called.
    called: RwSignal<bool>,
) -> impl IntoView {
    let lang = use_lang();
    let number = contact.dialled();
    let Contact {
        name,
        phone,
        relation,
    } = contact;
    let call = if number.is_empty() {
        let words = move || match phone.as_str() {
            "" => t::household_no_phone(lang.get()).to_owned(),
            noted => noted.to_owned(),
        };
        Either::Left(view! { <span class="caption">{words}</span> })
    } else {
        let name = name.clone();
        Either::Right(view! { <CallLink name phone number called /> })
    };
    view! {
        <li class="contact">
            <p class="row-words">
                <b>{name}</b>
                <span class="contact-relation">{move || i18n::relation(lang.get(), relation)}</span>
            </p>
            {call}
        </li>
    }
}

/// Calls one contact.
#[component]
fn CallLink(
    /// Who is called.
    name: String,
    /// The number as registered.
    phone: String,
    /// The number as dialled.
    number: String,
    /// Set when they are called.
    called: RwSignal<bool>,
) -> impl IntoView {
    let lang = use_lang();
    let address = ["tel:", &number].concat();
    let shown = phone.clone();
    view! {
        <a
            class="button ghost small number"
            href=address
            aria-label=move || t::household_call(lang.get(), &name, &phone)
            on:click=move |_| called.set(true)
        >
            <Icon glyph=Glyph::Phone />
            {shown}
        </a>
    }
}
