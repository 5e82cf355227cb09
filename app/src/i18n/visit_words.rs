//! Words for the codes of a visit's record, in exhaustive matches, so that a new code stops the
//! build here. Not the codes' meaning, which is the domain's.

use doorstep_domain::correction::Changed;
use doorstep_domain::door::Exception;
use doorstep_domain::household::{Residence, Use};
use doorstep_domain::language::Language;
use doorstep_domain::plan::CallResult;
use doorstep_domain::review::Verdict;
use doorstep_domain::topic::{Satisfaction, Topic};
use doorstep_domain::visit::{
    Channel, ContentProblem, Outcome, Purpose, Relation, SigningOutcome, Way,
};

use super::t;

/// Way of visiting (R3.5).
pub fn way(lang: Language, way: Way) -> &'static str {
    match way {
        Way::Door => t::way_door(lang),
        Way::Office => t::way_office(lang),
        Way::Outdoors => t::way_outdoors(lang),
        Way::Questionnaire => t::way_questionnaire(lang),
        Way::Phone => t::way_phone(lang),
        Way::Other => t::way_other(lang),
    }
}

/// What a visit is for.
pub fn purpose(lang: Language, purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Visit => t::purpose_visit(lang),
        Purpose::ReturnVisit => t::purpose_return_visit(lang),
        Purpose::Interview => t::purpose_interview(lang),
    }
}

/// How a visit ended (R2.3).
pub fn outcome(lang: Language, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Met => t::outcome_met(lang),
        Outcome::NobodyHome => t::outcome_nobody_home(lang),
        Outcome::ConsentRefused => t::outcome_consent_refused(lang),
    }
}

/// Who somebody is to the household.
pub fn relation(lang: Language, relation: Relation) -> &'static str {
    match relation {
        Relation::Owner => t::relation_owner(lang),
        Relation::Family => t::relation_family(lang),
        Relation::Tenant => t::relation_tenant(lang),
        Relation::Employee => t::relation_employee(lang),
        Relation::Other => t::relation_other(lang),
    }
}

/// What came of a call that agreed no visit (R2.2).
pub fn call_result(lang: Language, result: CallResult) -> &'static str {
    match result {
        CallResult::NoAnswer => t::call_no_answer(lang),
        CallResult::CallAgain => t::call_again(lang),
        CallResult::Declined => t::call_declined(lang),
    }
}

/// By what channel a visit was agreed (R2.2).
pub fn channel(lang: Language, channel: Channel) -> &'static str {
    match channel {
        Channel::Phone => t::channel_phone(lang),
        Channel::FaceToFace => t::channel_face_to_face(lang),
        Channel::Message => t::channel_message(lang),
        Channel::Other => t::channel_other(lang),
    }
}

/// A topic (R3.2).
pub fn topic(lang: Language, topic: Topic) -> &'static str {
    match topic {
        Topic::Security => t::topic_security(lang),
        Topic::Cleaning => t::topic_cleaning(lang),
        Topic::Landscaping => t::topic_landscaping(lang),
        Topic::Repair => t::topic_repair(lang),
        Topic::Facilities => t::topic_facilities(lang),
        Topic::Management => t::topic_management(lang),
        Topic::Convenience => t::topic_convenience(lang),
        Topic::Difficulties => t::topic_difficulties(lang),
        Topic::Culture => t::topic_culture(lang),
        Topic::Other => t::topic_other(lang),
    }
}

/// A mark on a topic (R3.22).
pub fn satisfaction(lang: Language, mark: Satisfaction) -> &'static str {
    match mark {
        Satisfaction::Satisfied => t::satisfaction_satisfied(lang),
        Satisfaction::MostlySatisfied => t::satisfaction_mostly_satisfied(lang),
        Satisfaction::Dissatisfied => t::satisfaction_dissatisfied(lang),
    }
}

/// How the owner's page ended (D5).
pub fn signing(lang: Language, outcome: SigningOutcome) -> &'static str {
    match outcome {
        SigningOutcome::Signed => t::signing_signed(lang),
        SigningOutcome::Declined => t::signing_declined(lang),
        SigningOutcome::NotPresent => t::signing_not_present(lang),
        SigningOutcome::SomeoneElse => t::signing_someone_else(lang),
        SigningOutcome::Typed => t::signing_typed(lang),
        SigningOutcome::OnPaper => t::signing_on_paper(lang),
    }
}

/// The director's verdict (R3.9).
pub fn verdict(lang: Language, verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Adopt => t::verdict_adopt(lang),
        Verdict::NotAdopt => t::verdict_not_adopt(lang),
    }
}

/// Home or business (R3.1).
pub fn used_as(lang: Language, used_as: Use) -> &'static str {
    match used_as {
        Use::Home => t::use_home(lang),
        Use::Business => t::use_business(lang),
    }
}

/// Permanent or temporary (R3.1).
pub fn residence(lang: Language, residence: Residence) -> &'static str {
    match residence {
        Residence::Permanent => t::residence_permanent(lang),
        Residence::Temporary => t::residence_temporary(lang),
    }
}

/// What R3.6 asks a reason for, as it is marked in review.
pub fn exception(lang: Language, exception: Exception) -> &'static str {
    match exception {
        Exception::NoAppointment => t::exception_no_appointment(lang),
        Exception::LateHours => t::exception_late_hours(lang),
    }
}

/// What keeps a visit from being shown and sealed, and what to do about it.
pub fn content_problem(lang: Language, problem: ContentProblem) -> &'static str {
    match problem {
        ContentProblem::NobodyNamed => t::problem_nobody_named(lang),
        ContentProblem::NothingHeard => t::problem_nothing_heard(lang),
        ContentProblem::HeardWithoutContact => t::problem_heard_without_contact(lang),
        ContentProblem::ReasonMissing(Exception::NoAppointment) => t::problem_no_appointment(lang),
        ContentProblem::ReasonMissing(Exception::LateHours) => t::problem_late_hours(lang),
        ContentProblem::CorrectionUnexplained => t::problem_unexplained(lang),
        ContentProblem::Times => t::problem_times(lang),
        ContentProblem::NobodyHomeElsewhere => t::problem_nobody_home_elsewhere(lang),
        ContentProblem::Text => t::problem_text(lang),
        ContentProblem::Shape => t::problem_shape(lang),
    }
}

/// What a correction changed, by the name its field has on the form.
pub fn changed(lang: Language, what: Changed) -> &'static str {
    match what {
        Changed::Met => t::listening_met(lang),
        Changed::Time => t::record_time(lang),
        Changed::Way => t::record_way(lang),
        Changed::Agreed => t::listening_appointment(lang),
        Changed::Purpose => t::record_purpose(lang),
        Changed::Outcome => t::record_outcome(lang),
        Changed::Reason => t::record_reason(lang),
        Changed::Opinion(topic) => super::topic(lang, topic),
        Changed::Conclusion => t::record_conclusion(lang),
        Changed::Report => t::record_reported(lang),
    }
}
