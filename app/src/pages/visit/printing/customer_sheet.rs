//! 《拜访客户工作情况表》 on A4, MPS—YW2—09 (R2.6): the same record as the visiting regulation's
//! sheet has it.

use leptos::prelude::*;

use super::cells::{Cell, FormFoot, FormHead};
use super::printed::Printed;
use crate::i18n::{self, t};

/// The form.
#[component]
#[expect(clippy::needless_pass_by_value, reason = "a component owns its props")]
pub fn CustomerSheet(
    /// What it holds.
    printed: Printed,
) -> impl IntoView {
    let lang = printed.lang;
    let content = &printed.content;
    let one = |words: &str| vec![words.to_owned()];
    let reported = content.report_to_operations;
    let filing = [
        printed.choice(t::print_filed(lang), !reported),
        printed.choice(t::print_reported(lang), reported),
    ];
    let voided = printed.voided;
    view! {
        <article class="paper" class:voided=voided lang=lang.tag()>
            <FormHead
                lang
                name=t::print_form_customer
                form_number=t::record_number(lang)
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
                        <Cell name=t::print_customer(lang) words=one(&content.met) />
                        <Cell name=t::print_room(lang) words=one(&content.room) />
                    </tr>
                    <tr>
                        <Cell name=t::print_phone(lang) words=one(&printed.phone) />
                        <Cell name=t::print_caller(lang) words=one(&printed.visitor) />
                    </tr>
                    <tr>
                        <Cell name=t::print_agreed_at(lang) words=one(&printed.agreed) />
                        <Cell name=t::print_period(lang) words=one(&printed.period) />
                    </tr>
                    <tr>
                        <Cell
                            name=t::print_purpose(lang)
                            words=vec![printed.purposes().join("  ")]
                            span=3
                        />
                    </tr>
                    <tr class="paper-tall">
                        <Cell name=t::print_content(lang) words=printed.subjects() span=3 />
                    </tr>
                    <tr class="paper-tall">
                        <Cell name=t::print_opinions(lang) words=printed.said() span=3 />
                    </tr>
                    <tr class="paper-tall">
                        <Cell name=t::print_on_the_spot(lang) words=Vec::new() span=3 />
                    </tr>
                    <tr class="paper-tall">
                        <Cell name=t::print_conclusion(lang) words=one(&content.conclusion) span=3 />
                    </tr>
                    <tr>
                        <Cell name=t::print_filing(lang) words=vec![filing.join("  ")] span=3 />
                    </tr>
                    <tr class="paper-tall">
                        <Cell name=t::print_followed(lang) words=printed.followed() span=3 />
                    </tr>
                    <tr class="paper-tall">
                        <Cell name=t::print_review(lang) words=printed.decisions.clone() span=3 />
                    </tr>
                    <tr class="paper-tall">
                        <Cell name=t::print_remarks(lang) words=printed.remarks.clone() span=3 />
                    </tr>
                </tbody>
            </table>
            <FormFoot lang seal=printed.seal privacy_notice=content.privacy_notice />
        </article>
    }
}

impl Printed {
    /// What was talked about: what was planned to be, or the topics that were.
    fn subjects(&self) -> Vec<String> {
        if !self.agenda.is_empty() {
            return vec![self.agenda.clone()];
        }
        let topics = self.content.opinions.iter();
        let names: Vec<&str> = topics.map(|it| i18n::topic(self.lang, it.topic)).collect();
        vec![names.join(" · ")]
    }

    /// What the customer said, topic by topic.
    fn said(&self) -> Vec<String> {
        let line = |opinion: &doorstep_domain::visit::Opinion| {
            let mark = opinion
                .satisfaction
                .map(|it| i18n::satisfaction(self.lang, it));
            let wanted = opinion
                .wants_answer
                .then(|| t::record_wants_answer(self.lang));
            let words = (!opinion.text.is_empty()).then_some(opinion.text.as_str());
            let said = [
                Some(i18n::topic(self.lang, opinion.topic)),
                mark,
                words,
                wanted,
            ];
            let said: Vec<&str> = said.into_iter().flatten().collect();
            said.join(" · ")
        };
        self.content.opinions.iter().map(line).collect()
    }

    /// What came of it (R3.10).
    fn followed(&self) -> Vec<String> {
        let line = |it: &super::printed::Handling| {
            let topic = i18n::topic(self.lang, it.topic);
            let said = [topic, it.measure.as_str(), it.answer.as_str()];
            let said: Vec<&str> = said.into_iter().filter(|it| !it.is_empty()).collect();
            said.join(" · ")
        };
        let answered = self.handling.iter().filter(|it| !it.answer.is_empty());
        answered.map(line).collect()
    }
}
