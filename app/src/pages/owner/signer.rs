//! Who signs in the owner's place, name and relation, or the owner's own name typed in place of a
//! signature; sealed with the record.

use doorstep_domain::visit::{Relation, SigningOutcome};
use leptos::prelude::*;

use super::page_language;
use crate::components::choice::Choice;
use crate::i18n::{self, t};
use crate::pages::draft::use_writing;

/// The fields.
#[component]
pub fn Signer(
    /// As what they sign.
    outcome: SigningOutcome,
) -> impl IntoView {
    let writing = use_writing();
    let lang = page_language(writing);
    let name = move || writing.page(|page| page.name.clone()).unwrap_or_default();
    let relation = move || writing.page(|page| page.relation).unwrap_or_default();
    let name_it = move |name| writing.on_page(|page| page.name = name);
    let relate = move |relation| writing.on_page(|page| page.relation = relation);
    let others = Relation::ALL.into_iter();
    let others: Vec<Relation> = others.filter(|it| *it != Relation::Owner).collect();
    let typed = outcome == SigningOutcome::Typed;
    let label = move || {
        if typed {
            t::owner_typed_name(lang.get())
        } else {
            t::owner_signer_name(lang.get())
        }
    };
    let relation = (!typed).then(|| {
        view! {
            <Choice
                name="signer-relation"
                legend=Signal::derive(move || t::owner_signer_relation(lang.get()).to_owned())
                options=others
                label=i18n::relation
                value=Signal::derive(relation)
                on_choose=Callback::new(relate)
                language=lang
            />
        }
    });
    view! {
        <div class="field">
            <label for="signer-name">{label}</label>
            <input
                id="signer-name"
                type="text"
                autocomplete="off"
                prop:value=name
                on:input:target=move |event| name_it(event.target().value())
            />
        </div>
        {relation}
    }
}
