//! Photos of what the owner speaks of under a topic: taken, chosen, taken away again. Kept on the
//! phone before the draft names them.

use doorstep_domain::photo::{Photo, TOPIC_PHOTOS_MAX, VISIT_PHOTOS_MAX};
use doorstep_domain::topic::Topic;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::picture;
use crate::components::icon::{Glyph, Icon};
use crate::components::photo_figure::{PhotoFigure, photo_label};
use crate::i18n::{self, t, use_lang};
use crate::pages::draft::use_writing;
use crate::state::phone::use_phone;
use crate::state::photos::PhotoError;
use crate::state::undo::use_undo;

/// The photos of a topic, and what adds to them.
#[component]
pub fn TopicPhotos(
    /// Which topic.
    topic: Topic,
) -> impl IntoView {
    let writing = use_writing();
    let photos = Memo::new(move |_| writing.read(|draft| draft.note(topic).photos.clone()));
    let numbered = move || photos.get().into_iter().enumerate().collect::<Vec<_>>();
    view! {
        <div class="photos">
            <For each=numbered key=|(place, photo)| (*place, photo.hash) let:((place, photo))>
                <Taken topic place photo />
            </For>
        </div>
        <Adding topic />
    }
}

/// A photo in the draft, and the cross that takes it away.
#[component]
fn Taken(
    /// Under which topic.
    topic: Topic,
    /// Its place among the topic's, from 0.
    place: usize,
    /// The photo.
    photo: Photo,
) -> impl IntoView {
    let lang = use_lang();
    let writing = use_writing();
    let undo = use_undo();
    let label = move || photo_label(lang.get(), topic, place);
    let remove = move |_| {
        writing.choose(|draft| {
            draft
                .note_mut(topic)
                .photos
                .retain(|it| it.hash != photo.hash);
        });
        undo.offer(t::photo_removed, move || {
            if writing.is_open() {
                writing.choose(|draft| draft.put_photo_back(topic, place, photo));
            }
        });
    };
    view! {
        <div class="photo-taken">
            <PhotoFigure lang=Signal::derive(move || lang.get()) photo label=Signal::derive(label) />
            <button
                type="button"
                class="icon-button"
                aria-label=move || t::photo_remove(lang.get(), &label())
                on:click=remove
            >
                <Icon glyph=Glyph::Close />
            </button>
        </div>
    }
}

/// The camera, and the pictures the phone has; what went wrong with the last.
#[component]
fn Adding(
    /// To which topic.
    topic: Topic,
) -> impl IntoView {
    let lang = use_lang();
    let writing = use_writing();
    let phone = use_phone();
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<PhotoError>);
    let has_room = Memo::new(move |_| writing.read(|draft| draft.photos_left(topic) > 0));
    let add = move |chosen: Vec<picture::Chosen>| {
        if chosen.is_empty() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            for file in chosen {
                match phone.keep_photo(&file).await {
                    Ok(photo) if writing.is_open() => writing.choose(|draft| {
                        draft.add_photo(topic, photo);
                    }),
                    Ok(_) => {}
                    Err(error) => {
                        problem.try_set(Some(error));
                    }
                }
            }
            busy.try_set(false);
        });
    };
    let add = Callback::new(add);
    let told = move || {
        let lang = lang.get();
        if busy.get() {
            return Some(t::photo_busy(lang).to_owned());
        }
        if !has_room.get() {
            let (each, all) = (TOPIC_PHOTOS_MAX.to_string(), VISIT_PHOTOS_MAX.to_string());
            return Some(t::photo_full(lang, &each, &all));
        }
        None
    };
    let error = move || {
        let problem = problem.get();
        problem.map(|problem| i18n::photo_error(lang.get(), &problem))
    };
    view! {
        <div class="photo-adding">
            <Show when=move || has_room.get()>
                <PictureField
                    label=lang.text(t::photo_take)
                    glyph=Glyph::Camera
                    camera=true
                    on_chosen=add
                />
                <PictureField
                    label=lang.text(t::photo_choose)
                    glyph=Glyph::Picture
                    camera=false
                    on_chosen=add
                />
            </Show>
            <p class="caption" role="status">{told}</p>
            <p class="field-error" role="alert">{error}</p>
        </div>
    }
}

/// A field for pictures that looks like a button.
#[component]
fn PictureField(
    /// The word on it.
    label: Signal<String>,
    /// Its icon.
    glyph: Glyph,
    /// Whether the camera is opened; otherwise several pictures can be chosen.
    camera: bool,
    /// Called with what was chosen.
    on_chosen: Callback<Vec<picture::Chosen>>,
) -> impl IntoView {
    let field: NodeRef<html::Input> = NodeRef::new();
    let changed = move |_| {
        if let Some(field) = field.get_untracked() {
            on_chosen.run(picture::chosen(&field));
        }
    };
    view! {
        <label class="chip picture-field">
            <Icon glyph />
            {label}
            <input
                type="file"
                class="visually-hidden"
                accept="image/*"
                capture=camera.then_some("environment")
                multiple=!camera
                node_ref=field
                on:change=changed
            />
        </label>
    }
}
