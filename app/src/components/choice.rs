//! One of a few: radio buttons drawn as a row of segments, in one tap.
//! Not satisfaction marks, which carry colours of their own.

use doorstep_domain::language::Language;
use leptos::prelude::*;

use crate::i18n::use_lang;

/// A group of choices. Keyboard and screen readers meet ordinary radio buttons.
#[component]
pub fn Choice<T>(
    /// Unique on the page: the radio group's name.
    name: &'static str,
    /// What is chosen.
    #[prop(into)]
    legend: Signal<String>,
    /// What there is to choose, in order.
    options: Vec<T>,
    /// The word for each.
    label: fn(Language, T) -> &'static str,
    /// The one chosen now.
    #[prop(into)]
    value: Signal<T>,
    /// Called with the one chosen.
    on_choose: Callback<T>,
    /// The language of the words, where it is not the app's.
    #[prop(optional, into)]
    language: Option<Signal<Language>>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let app = use_lang();
    let language = language.unwrap_or_else(|| Signal::derive(move || app.get()));
    let option = move |it: T| {
        view! {
            <label class="choice-option">
                <input
                    type="radio"
                    name=name
                    prop:checked=move || value.get() == it
                    on:change=move |_| on_choose.run(it)
                />
                <span>{move || label(language.get(), it)}</span>
            </label>
        }
    };
    view! {
        <fieldset class="choice">
            <legend>{legend}</legend>
            <div class="choice-row">{options.into_iter().map(option).collect_view()}</div>
        </fieldset>
    }
}
