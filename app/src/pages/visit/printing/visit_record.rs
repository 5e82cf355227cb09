//! 《业户访问记录》 on A4 (R3.4): its fields as the paper form has them, the ten topics of R3.2 each
//! with a row of its own.

use doorstep_domain::language::Language;
use doorstep_domain::topic::Topic;
use leptos::prelude::*;

use super::cells::{Cell, FormFoot, FormHead};
use super::printed::{Handling, Printed};
use crate::components::ink_drawing::InkDrawing;
use crate::i18n::{self, t};

/// The form.
#[component]
#[expect(clippy::needless_pass_by_value, reason = "a component owns its props")]
pub fn VisitRecordForm(
    /// What it holds.
    printed: Printed,
) -> impl IntoView {
    let lang = printed.lang;
    let content = &printed.content;
    let relation = if content.met.is_empty() {
        ""
    } else {
        i18n::relation(lang, content.relation)
    };
    let one = |words: &str| vec![words.to_owned()];
    let voided = printed.voided;
    view! {
        <article class="paper" class:voided=voided lang=lang.tag()>
            <FormHead
                lang
                name=t::print_form_record
                form_number=""
                site=content.site.clone()
                number=printed.number.clone()
                date=printed.date.clone()
            />
            <table class="paper-table">
                <colgroup>
                    <col class="paper-name" />
                    <col />
                    <col class="paper-name" />
                    <col />
                </colgroup>
                <tbody>
                    <tr>
                        <Cell name=t::print_room(lang) words=one(&content.room) />
                        <Cell name=t::print_met(lang) words=one(&content.met) />
                    </tr>
                    <tr>
                        <Cell name=t::print_relation(lang) words=one(relation) />
                        <Cell name=t::print_phone(lang) words=one(&printed.phone) />
                    </tr>
                    <tr>
                        <Cell name=t::print_visitor(lang) words=one(&printed.visitor) />
                        <Cell name=t::print_period(lang) words=one(&printed.period) />
                    </tr>
                    <tr>
                        <Cell name=t::print_way(lang) words=vec![printed.ways().join("  ")] span=3 />
                    </tr>
                    <tr>
                        <Cell name=t::print_agreed(lang) words=one(&printed.agreed) />
                        <Cell name=t::print_purpose(lang) words=vec![printed.purposes().join("  ")] />
                    </tr>
                </tbody>
            </table>
            <Heard printed=printed.clone() />
            <HandlingTable lang handling=printed.handling.clone() />
            <table class="paper-table">
                <colgroup>
                    <col class="paper-name" />
                    <col />
                    <col class="paper-name" />
                    <col />
                </colgroup>
                <tbody>
                    <tr>
                        <Cell name=t::print_conclusion(lang) words=one(&content.conclusion) span=3 />
                    </tr>
                    <tr class="paper-tall">
                        <Cell name=t::print_opinion(lang) words=printed.opinions.clone() span=3 />
                    </tr>
                    <tr class="paper-tall">
                        <Cell name=t::print_decision(lang) words=printed.decisions.clone() span=3 />
                    </tr>
                    <tr class="paper-signing">
                        <th scope="row">{t::print_signature(lang)}</th>
                        <td>
                            {printed
                                .ink
                                .clone()
                                .map(|ink| {
                                    view! { <InkDrawing ink label=t::record_ink_label(lang).to_owned() /> }
                                })}
                            <p>{printed.ending.clone()}</p>
                        </td>
                        <Cell name=t::print_remarks(lang) words=printed.remarks.clone() />
                    </tr>
                </tbody>
            </table>
            <FormFoot lang seal=printed.seal privacy_notice=content.privacy_notice />
        </article>
    }
}

/// The ten topics.
#[component]
fn Heard(
    /// What the form holds.
    printed: Printed,
) -> impl IntoView {
    let lang = printed.lang;
    let row = |topic: Topic| {
        let opinion = printed.opinion(topic);
        let mark = opinion.and_then(|it| it.satisfaction);
        let words = opinion.map(|it| it.text.clone()).unwrap_or_default();
        let wanted = opinion.is_some_and(|it| it.wants_answer);
        view! {
            <tr>
                <td class="paper-centre">{topic.number()}</td>
                <th scope="row">{i18n::topic(lang, topic)}</th>
                <td>{mark.map(|mark| i18n::satisfaction(lang, mark))}</td>
                <td>{words}</td>
                <td class="paper-centre">{wanted.then(|| t::print_yes(lang))}</td>
            </tr>
        }
    };
    view! {
        <table class="paper-table paper-heard">
            <caption>{t::print_heard(lang)}</caption>
            <colgroup>
                <col class="paper-ordinal" />
                <col class="paper-topic" />
                <col class="paper-mark" />
                <col />
                <col class="paper-wanted" />
            </colgroup>
            <thead>
                <tr>
                    <th scope="col" colspan="2">
                        {t::print_topic(lang)}
                    </th>
                    <th scope="col">{t::print_mark(lang)}</th>
                    <th scope="col">{t::print_words(lang)}</th>
                    <th scope="col">{t::print_wanted(lang)}</th>
                </tr>
            </thead>
            <tbody>{Topic::ALL.map(row).collect_view()}</tbody>
        </table>
    }
}

/// What is done about what was said; a ruled row where nothing is to be.
#[component]
fn HandlingTable(
    /// The language of the form's words.
    lang: Language,
    /// What is done.
    handling: Vec<Handling>,
) -> impl IntoView {
    let empty = handling.is_empty();
    let row = |it: Handling| {
        view! {
            <tr>
                <th scope="row">{i18n::topic(lang, it.topic)}</th>
                <td>{it.measure}</td>
                <td>{it.responsible}</td>
                <td>{it.due}</td>
                <td>{it.answer}</td>
            </tr>
        }
    };
    let blank = empty.then(|| {
        view! {
            <tr class="paper-tall">
                <th scope="row"></th>
                <td></td>
                <td></td>
                <td></td>
                <td></td>
            </tr>
        }
    });
    view! {
        <table class="paper-table paper-handling">
            <caption>{t::print_handling(lang)}</caption>
            <colgroup>
                <col class="paper-topic" />
                <col />
                <col class="paper-mark" />
                <col class="paper-mark" />
                <col />
            </colgroup>
            <thead>
                <tr>
                    <th scope="col">{t::print_topic(lang)}</th>
                    <th scope="col">{t::print_measure(lang)}</th>
                    <th scope="col">{t::print_responsible(lang)}</th>
                    <th scope="col">{t::print_due(lang)}</th>
                    <th scope="col">{t::print_answer(lang)}</th>
                </tr>
            </thead>
            <tbody>{handling.into_iter().map(row).collect_view()} {blank}</tbody>
        </table>
    }
}
