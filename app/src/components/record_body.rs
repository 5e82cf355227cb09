//! The body of the printed form: every field of a visit's content, in the record's own language
//! and in serif, as the owner meets it. Not the signature under it, nor its heading.

use doorstep_domain::language::Language;
use doorstep_domain::time::SiteTime;
use doorstep_domain::topic::Topic;
use doorstep_domain::visit::{Agreed, Opinion, Outcome, Relation, VisitContent};
use leptos::prelude::*;

use crate::browser::format::{self, Style};
use crate::components::photo_figure::Photos;
use crate::i18n::{self, t};

/// Everything the content says; nothing else is sealed. Put it into an element of class `sheet`.
#[component]
#[expect(clippy::needless_pass_by_value, reason = "a component owns its props")]
pub fn RecordBody(
    /// What is shown.
    content: VisitContent,
    /// IANA zone of the site: the record's times carry its offset.
    zone: String,
    /// Drawn under each opinion: the decision on it, in review.
    #[prop(optional)]
    beneath: Option<Callback<Topic, AnyView>>,
) -> impl IntoView {
    let lang = content.language;
    let conclusion = (!content.conclusion.is_empty()).then(|| {
        view! {
            <p class="sheet-conclusion">
                <b>{t::record_conclusion(lang)}</b>
                <span class="words">{content.conclusion.clone()}</span>
            </p>
        }
    });
    let reported = content
        .report_to_operations
        .then(|| view! { <p class="sheet-note">{t::record_reported(lang)}</p> });
    let edition = content.privacy_notice.to_string();
    let facts = facts(lang, &content, &zone);
    let opinions = (content.outcome == Outcome::Met)
        .then(|| view! { <Opinions lang opinions=content.opinions beneath /> });
    view! {
        <div class="sheet-body" lang=lang.tag()>
            <dl class="sheet-facts">
                {facts
                    .into_iter()
                    .map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> })
                    .collect_view()}
            </dl>
            {opinions}
            {conclusion}
            {reported}
            <p class="sheet-privacy">{t::record_privacy(lang, &edition)}</p>
        </div>
    }
}

/// What was heard, topic by topic.
#[component]
fn Opinions(
    /// The record's language.
    lang: Language,
    /// In the regulation's order.
    opinions: Vec<Opinion>,
    /// Drawn under each.
    beneath: Option<Callback<Topic, AnyView>>,
) -> impl IntoView {
    let is_empty = opinions.is_empty();
    let item = move |opinion: Opinion| {
        let topic = opinion.topic;
        let mark = opinion
            .satisfaction
            .map(|mark| i18n::satisfaction(lang, mark));
        let words = (!opinion.text.is_empty())
            .then(|| view! { <p class="words">{opinion.text.clone()}</p> });
        let wanted = opinion
            .wants_answer
            .then(|| view! { <p class="sheet-wish">{t::record_wants_answer(lang)}</p> });
        view! {
            <li class="sheet-opinion">
                <p>
                    <span class="sheet-topic-number">{topic.number()}</span>
                    <b>{i18n::topic(lang, topic)}</b>
                    <span class="sheet-mark">{mark}</span>
                </p>
                {words}
                <Photos lang topic photos=opinion.photos />
                {wanted}
                {beneath.map(|beneath| beneath.run(topic))}
            </li>
        }
    };
    view! {
        <ul class="sheet-opinions" aria-label=t::record_heard(lang)>
            {opinions.into_iter().map(item).collect_view()}
        </ul>
        {is_empty.then(|| view! { <p class="sheet-note">{t::record_nothing_heard(lang)}</p> })}
    }
}

/// The form's head, field by field.
fn facts(lang: Language, content: &VisitContent, zone: &str) -> Vec<(&'static str, String)> {
    let met = match content.relation {
        _ if content.met.is_empty() => String::new(),
        Relation::Owner => content.met.clone(),
        other => [&content.met, " · ", i18n::relation(lang, other)].concat(),
    };
    let way = [
        i18n::way(lang, content.way),
        " · ",
        &agreement(lang, content.agreed, zone),
    ];
    let visitor = [&content.visitor, " · ", i18n::role(lang, content.post)];
    let mut facts = vec![
        (t::record_site(lang), content.site.clone()),
        (
            t::record_household(lang),
            [&content.room, " ", &met].concat(),
        ),
        (
            t::record_time(lang),
            period(lang, zone, content.started_at, content.ended_at),
        ),
        (t::record_way(lang), way.concat()),
        (
            t::record_purpose(lang),
            i18n::purpose(lang, content.purpose).to_owned(),
        ),
        (t::record_visitor(lang), visitor.concat()),
    ];
    if let Some(arrived) = content.arrived_at {
        let time = format::time(lang, zone, Style::Clock, arrived.unix_ms());
        facts.insert(3, (t::record_arrived(lang), time));
    }
    if content.outcome != Outcome::Met {
        facts.push((
            t::record_outcome(lang),
            i18n::outcome(lang, content.outcome).to_owned(),
        ));
    }
    if !content.reason.is_empty() {
        facts.push((t::record_reason(lang), content.reason.clone()));
    }
    if let Some(why) = &content.correction {
        facts.push((t::record_correction(lang), why.clone()));
    }
    facts
}

fn agreement(lang: Language, agreed: Option<Agreed>, zone: &str) -> String {
    agreed.map_or_else(
        || t::record_not_agreed(lang).to_owned(),
        |agreed| {
            let time = format::time(lang, zone, Style::DayClock, agreed.at.unix_ms());
            t::record_agreed(lang, &time, i18n::channel(lang, agreed.channel))
        },
    )
}

/// From when to when; the date once where it is the same.
fn period(lang: Language, zone: &str, from: SiteTime, to: SiteTime) -> String {
    let one_day = from.date() == to.date();
    let end = if one_day {
        Style::Clock
    } else {
        Style::DayClock
    };
    t::record_until(
        lang,
        &format::time(lang, zone, Style::FullDayClock, from.unix_ms()),
        &format::time(lang, zone, end, to.unix_ms()),
    )
}
