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
) -> impl IntoView {
    let lang = use_lang();
    let nobody = contacts.is_empty();
    let numbered = StoredValue::new(contacts.into_iter().enumerate().collect::<Vec<_>>());
    let none = move || t::household_no_contacts(lang.get());
    view! {
        <h2 class="section">{move || t::household_contacts(lang.get())}</h2>
        <Show when=move || !nobody fallback=move || view! { <p class="card">{none}</p> }>
            <ul class="list">
                <For each=move || numbered.get_value() key=|(place, _)| *place let((_, contact))>
                    <ContactRow contact />
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
) -> impl IntoView {
    let lang = use_lang();
    let Contact {
        name,
        phone,
        relation,
    } = contact;
    let number = dialled(&phone);
    let call = if number.is_empty() {
        let words = move || match phone.as_str() {
            "" => t::household_no_phone(lang.get()).to_owned(),
            noted => noted.to_owned(),
        };
        Either::Left(view! { <span class="caption">{words}</span> })
    } else {
        let name = name.clone();
        Either::Right(view! { <Call name phone number /> })
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
fn Call(
    /// Who is called.
    name: String,
    /// The number as registered.
    phone: String,
    /// The number as dialled.
    number: String,
) -> impl IntoView {
    let lang = use_lang();
    let address = ["tel:", &number].concat();
    let shown = phone.clone();
    view! {
        <a
            class="button ghost small number"
            href=address
            aria-label=move || t::household_call(lang.get(), &name, &phone)
        >
            <Icon glyph=Glyph::Phone />
            {shown}
        </a>
    }
}

/// The number as a phone dials it (RFC 3966 has no spaces): of several the first, an extension
/// after a pause.
fn dialled(phone: &str) -> String {
    let first = phone
        .split(['/', '、', ';', '；', ',', '，'])
        .find(|it| !it.trim().is_empty());
    let extension = |c: char| if c == '转' { ',' } else { c };
    let is_dialled = |c: &char| c.is_ascii_digit() || matches!(c, '+' | '*' | ',');
    let dialled = first.unwrap_or_default().chars().map(extension);
    dialled.filter(is_dialled).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_dialled_without_what_is_written_between() {
        for (written, number) in [
            ("13800000000", "13800000000"),
            ("+86 138-0000-0000", "+8613800000000"),
            ("(0755) 8888 0000 转 12", "075588880000,12"),
            ("13800000000 / 13900000000", "13800000000"),
            ("见备注", ""),
        ] {
            assert_eq!(dialled(written), number);
        }
    }
}
