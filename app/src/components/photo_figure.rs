//! A photo that a record names: small, and as large as the screen once it is tapped. Its bytes are
//! on this phone, or are fetched from the office; where neither has them now, that is said.

use std::rc::Rc;

use doorstep_domain::language::Language;
use doorstep_domain::photo::Photo;
use doorstep_domain::topic::Topic;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::dialog;
use crate::browser::picture::Shown;
use crate::components::icon::{Glyph, Icon};
use crate::i18n::{self, t};
use crate::state::phone::use_phone;

/// How far showing it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Showing {
    /// Looked for.
    Looking,
    /// Here.
    Here(Rc<Shown>),
    /// Nowhere to be had now.
    Missing,
}

/// The photos under one opinion, in the language of the page they stand on.
#[component]
pub fn Photos(
    /// The page's language.
    lang: Language,
    /// Under which topic.
    topic: Topic,
    /// In the order taken.
    photos: Vec<Photo>,
) -> impl IntoView {
    let figure = |(place, photo)| {
        let label = photo_label(lang, topic, place);
        view! { <PhotoFigure lang=Signal::stored(lang) photo label=Signal::stored(label) /> }
    };
    (!photos.is_empty()).then(|| {
        let figures = photos.into_iter().enumerate().map(figure);
        view! { <div class="photos">{figures.collect_view()}</div> }
    })
}

/// What a photo is called: its topic, and its place among the topic's, from 0.
pub fn photo_label(lang: Language, topic: Topic, place: usize) -> String {
    let number = (place + 1).to_string();
    t::photo_alt(lang, i18n::topic(lang, topic), &number)
}

/// One photo.
#[component]
pub fn PhotoFigure(
    /// The language of the page it stands on.
    #[prop(into)]
    lang: Signal<Language>,
    /// The photo.
    photo: Photo,
    /// What it is called.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    let phone = use_phone();
    let showing = RwSignal::new_local(Showing::Looking);
    let look = move || {
        showing.set(Showing::Looking);
        spawn_local(async move {
            let found = phone.show_photo(photo).await;
            showing.try_set(found.map_or(Showing::Missing, Showing::Here));
        });
    };
    look();
    move || match showing.get() {
        Showing::Looking => view! {
            <p class="photo-absent" role="status">
                {move || t::photo_looking(lang.get())}
            </p>
        }
        .into_any(),
        Showing::Missing => view! {
            <p class="photo-absent">
                <span>{move || t::photo_missing(lang.get(), &label.get())}</span>
                <button type="button" class="button line small" on:click=move |_| look()>
                    {move || t::photo_retry(lang.get())}
                </button>
            </p>
        }
        .into_any(),
        // Its address holds as long as the signal does.
        Showing::Here(shown) => {
            let address = shown.address().to_owned();
            view! { <Picture lang photo label address /> }.into_any()
        }
    }
}

/// The picture, and the same over the whole screen.
#[component]
fn Picture(
    /// The language of the page it stands on.
    lang: Signal<Language>,
    /// Its measures.
    photo: Photo,
    /// What it is called.
    label: Signal<String>,
    /// Where its bytes are.
    address: String,
) -> impl IntoView {
    let node: NodeRef<html::Dialog> = NodeRef::new();
    let (width, height) = (photo.width.to_string(), photo.height.to_string());
    let set_open = move |open| {
        if let Some(element) = node.get_untracked() {
            dialog::set_open(&element, open);
        }
    };
    view! {
        <button type="button" class="photo" aria-label=label on:click=move |_| set_open(true)>
            <img src=address.clone() width=width.clone() height=height.clone() alt="" />
        </button>
        <dialog class="photo-large" aria-label=label node_ref=node>
            <button
                type="button"
                class="icon-button"
                aria-label=move || t::photo_close(lang.get())
                on:click=move |_| set_open(false)
            >
                <Icon glyph=Glyph::Close />
            </button>
            <img src=address width=width height=height alt="" />
        </dialog>
    }
}
