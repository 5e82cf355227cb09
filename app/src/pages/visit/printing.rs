//! The record as the company's paper forms have it (R2.6, R3.4): chosen, looked at, printed or saved
//! as PDF. Not what the forms hold, which is [`printed`]; the private note is in neither (R3.7).

use doorstep_domain::id::SubjectId;
use doorstep_domain::language::Language;
use doorstep_domain::visit::Opinion;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::customer_sheet::CustomerSheet;
use self::printed::Printed;
use self::visit_record::VisitRecordForm;
use super::Unknown;
use super::shown::{Shown, use_shown};
use crate::browser::document;
use crate::components::choice::Choice;
use crate::components::page_head::SlimHead;
use crate::components::photo_figure::{PhotoFigure, photo_label};
use crate::i18n::{t, use_lang};
use crate::path::Path;
use crate::state::sites::use_sites;

mod cells;
mod customer_sheet;
mod printed;
mod visit_record;

/// One record, two prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Form {
    /// 《业户访问记录》 (R3.4).
    #[default]
    Record,
    /// 《拜访客户工作情况表》, MPS—YW2—09 (R2.6).
    Customer,
}

impl Form {
    const ALL: [Self; 2] = [Self::Record, Self::Customer];

    fn name(lang: Language, form: Self) -> &'static str {
        match form {
            Self::Record => t::print_form_record(lang),
            Self::Customer => t::print_form_customer(lang),
        }
    }
}

/// The screen.
#[component]
pub fn Printing() -> impl IntoView {
    let params = use_params_map();
    let subject: Memo<Option<SubjectId>> =
        Memo::new(move |_| params.with(|it| it.get("subject"))?.parse().ok());
    move || match subject.get() {
        Some(subject) => view! { <Preview subject /> }.into_any(),
        None => view! { <Unknown /> }.into_any(),
    }
}

/// What is chosen, and the form as it will be printed.
#[component]
fn Preview(
    /// The record.
    subject: SubjectId,
) -> impl IntoView {
    let lang = use_lang();
    let shown = use_shown(subject);
    let form = RwSignal::new(Form::default());
    // The record's own until another is chosen.
    let chosen = RwSignal::new(None::<Language>);
    let own = move || shown.with_counted(|it| it.content.as_ref().map(|it| it.language));
    let language = Memo::new(move |_| chosen.get().or_else(|| own().flatten()).unwrap_or_default());
    view! {
        <SlimHead title=lang.text(t::visit_print) back=Path::Visit(subject) />
        <main class="page printing">
            <div class="card printing-choice">
                <Choice
                    name="print-form"
                    legend=lang.text(t::print_which)
                    options=Form::ALL.to_vec()
                    label=Form::name
                    value=form
                    on_choose=Callback::new(move |it| form.set(it))
                />
                <Choice
                    name="print-language"
                    legend=lang.text(t::print_language)
                    options=Language::ALL.to_vec()
                    label=language_name
                    value=language
                    on_choose=Callback::new(move |it| chosen.set(Some(it)))
                />
                <button class="button primary wide" on:click=|_| document::print()>
                    {lang.words(t::print_now)}
                </button>
                <p class="caption">{lang.words(t::print_how)}</p>
            </div>
            // Wider than a phone: it is moved sideways there, by keyboard too.
            <div
                class="paper-scroll"
                role="group"
                tabindex="0"
                aria-label=move || Form::name(lang.get(), form.get())
            >
                <Paper shown form language />
            </div>
        </main>
    }
}

/// What the language calls itself.
fn language_name(_: Language, language: Language) -> &'static str {
    match language {
        Language::Chinese => t::language_chinese(language),
        Language::English => t::language_english(language),
    }
}

/// The sheet.
#[component]
fn Paper(
    /// The record.
    shown: Shown,
    /// Which form.
    form: RwSignal<Form>,
    /// In which language.
    language: Memo<Language>,
) -> impl IntoView {
    let app = use_lang();
    let sites = use_sites();
    let printed = Memo::new(move |_| {
        let lang = language.get();
        let site = shown.session.site();
        sites.with(|state| Printed::of(shown, state, site.as_ref(), lang))
    });
    let sheet = move || match (printed.get(), form.get()) {
        (None, _) => view! { <p class="card">{app.words(t::print_nothing)}</p> }.into_any(),
        (Some(printed), Form::Record) => view! { <VisitRecordForm printed /> }.into_any(),
        (Some(printed), Form::Customer) => view! { <CustomerSheet printed /> }.into_any(),
    };
    view! {
        {sheet}
        {move || printed.get().map(|printed| view! { <AttachedPhotos printed /> })}
    }
}

/// The photos the record names, on a sheet of their own; none when it names none.
#[component]
fn AttachedPhotos(
    /// The record.
    printed: Printed,
) -> impl IntoView {
    let lang = printed.lang;
    let count = printed.content.photos().count();
    let of_opinion = |opinion: &Opinion| {
        let topic = opinion.topic;
        let photos = opinion.photos.clone().into_iter().enumerate();
        photos.map(move |(place, photo)| {
            let label = photo_label(lang, topic, place);
            view! {
                <figure>
                    <PhotoFigure
                        lang=Signal::stored(lang)
                        photo
                        label=Signal::stored(label.clone())
                    />
                    <figcaption>{label}</figcaption>
                </figure>
            }
        })
    };
    (count > 0).then(|| {
        let figures = printed.content.opinions.iter().flat_map(of_opinion);
        view! {
            <section class="paper paper-photos" lang=lang.tag()>
                <h2>{t::print_photos(lang, count as u64, &printed.number)}</h2>
                <div class="paper-figures">{figures.collect_view()}</div>
            </section>
        }
    })
}
