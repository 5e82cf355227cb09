//! Who signs in the owner's place: name and relation, sealed with the record.

use doorstep_domain::draft::OwnerPage;
use doorstep_domain::visit::Relation;
use leptos::prelude::*;

use super::page_language;
use crate::i18n::{self, t};
use crate::pages::draft::use_writing;

/// The two fields.
#[component]
pub fn Signer() -> impl IntoView {
    let writing = use_writing();
    let lang = page_language(writing);
    let read = move |read: fn(&OwnerPage) -> String| {
        writing.read(|draft| draft.owner_page.as_ref().map(read).unwrap_or_default())
    };
    let relation =
        move || writing.read(|draft| draft.owner_page.as_ref().map(|page| page.relation));
    let name_it = move |name: String| {
        writing.on_page(|draft| {
            if let Some(page) = &mut draft.owner_page {
                page.name = name;
            }
        });
    };
    let option = move |it: Relation| {
        let choose = move |_| {
            writing.on_page(|draft| {
                if let Some(page) = &mut draft.owner_page {
                    page.relation = it;
                }
            });
        };
        view! {
            <label class="choice-option">
                <input
                    type="radio"
                    name="signer-relation"
                    prop:checked=move || relation() == Some(it)
                    on:change=choose
                />
                <span>{move || i18n::relation(lang.get(), it)}</span>
            </label>
        }
    };
    let others = Relation::ALL
        .into_iter()
        .filter(|it| *it != Relation::Owner);
    view! {
        <div class="field">
            <label for="signer-name">{move || t::owner_signer_name(lang.get())}</label>
            <input
                id="signer-name"
                type="text"
                autocomplete="off"
                prop:value=move || read(|page| page.name.clone())
                on:input:target=move |event| name_it(event.target().value())
            />
        </div>
        <fieldset class="choice">
            <legend>{move || t::owner_signer_relation(lang.get())}</legend>
            <div class="choice-row">{others.map(option).collect_view()}</div>
        </fieldset>
    }
}
