//! Who signs in the owner's place: name and relation, sealed with the record.

use doorstep_domain::visit::Relation;
use leptos::prelude::*;

use super::page_language;
use crate::components::choice::Choice;
use crate::i18n::{self, t};
use crate::pages::draft::use_writing;

/// The two fields.
#[component]
pub fn Signer() -> impl IntoView {
    let writing = use_writing();
    let lang = page_language(writing);
    let name = move || writing.page(|page| page.name.clone()).unwrap_or_default();
    let relation = move || writing.page(|page| page.relation).unwrap_or_default();
    let name_it = move |name| writing.on_page(|page| page.name = name);
    let relate = move |relation| writing.on_page(|page| page.relation = relation);
    let others = Relation::ALL.into_iter();
    let others: Vec<Relation> = others.filter(|it| *it != Relation::Owner).collect();
    view! {
        <div class="field">
            <label for="signer-name">{move || t::owner_signer_name(lang.get())}</label>
            <input
                id="signer-name"
                type="text"
                autocomplete="off"
                prop:value=name
                on:input:target=move |event| name_it(event.target().value())
            />
        </div>
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
}
