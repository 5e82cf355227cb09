//! Words for codes, in exhaustive matches, so that a new code stops the build here.
//! Not the codes' meaning: domain and state decide, this file only names.

use doorstep_domain::event::Kind;
use doorstep_domain::language::Language;
use doorstep_domain::policy::Role;
use doorstep_domain::quarantine::Why;
use doorstep_domain::rescue::Unreadable;
use doorstep_domain::sync::engine::Trouble;
use doorstep_domain::sync::wire::{Params, RefusalCode};
use doorstep_domain::unlock_code::BadCode;

use super::t;
use crate::browser::passkey::NoPasskey;
use crate::browser::store::StoreError;
use crate::state::account::AskError;
use crate::state::code::{CodeError, UnlockError};
use crate::state::entrance::login::LoginError;
use crate::state::export::ExportError;
use crate::state::passkey::PasskeyError;
use crate::state::photos::PhotoError;
use crate::state::queue::QueueError;
use crate::state::rescue::RescueError;

/// The post's name (regulations, "Words").
pub fn role(lang: Language, role: Role) -> &'static str {
    match role {
        Role::Steward => t::role_steward(lang),
        Role::Supervisor => t::role_supervisor(lang),
        Role::Director => t::role_director(lang),
        Role::Operations => t::role_operations(lang),
        Role::ComplaintCentre => t::role_complaint_centre(lang),
        Role::Quality => t::role_quality(lang),
        Role::Executive => t::role_executive(lang),
        Role::Finance => t::role_finance(lang),
        Role::Admin => t::role_admin(lang),
        Role::Office => t::role_office(lang),
    }
}

/// What an event records; a later program's kind is called a record.
pub fn kind(lang: Language, name: &str) -> &'static str {
    match Kind::from_name(name) {
        Some(Kind::VisitRecorded) => t::kind_visit_recorded(lang),
        Some(Kind::VisitCorrected) => t::kind_visit_corrected(lang),
        Some(Kind::VisitVoided) => t::kind_visit_voided(lang),
        Some(Kind::OpinionWritten) => t::kind_opinion_written(lang),
        Some(Kind::OpinionDecided) => t::kind_opinion_decided(lang),
        Some(Kind::AnswerGiven) => t::kind_answer_given(lang),
        Some(Kind::VisitPlanned) => t::kind_visit_planned(lang),
        Some(Kind::VisitCalledOff) => t::kind_visit_called_off(lang),
        Some(Kind::HouseholdChanged) => t::kind_household_changed(lang),
        Some(Kind::HouseholdCalled) => t::kind_household_called(lang),
        Some(Kind::PhraseChanged) => t::kind_phrase_changed(lang),
        Some(Kind::QuarantineDecided) => t::kind_quarantine_decided(lang),
        // No screen writes these; a phone never has them unsent.
        Some(
            Kind::BodyErased
            | Kind::HouseholdErased
            | Kind::SiteOpened
            | Kind::AccountAdded
            | Kind::RoleGranted
            | Kind::DeviceEnrolled
            | Kind::DeviceRevoked
            | Kind::HeadsStated,
        )
        | None => t::kind_other(lang),
    }
}

/// Why the phone cannot keep or read, and what to do about it.
pub fn store_error(lang: Language, error: &StoreError) -> &'static str {
    match error {
        StoreError::Full => t::store_full(lang),
        StoreError::Unavailable => t::store_unavailable(lang),
        StoreError::LaterVersion => t::store_later_version(lang),
        StoreError::Locked => t::store_locked(lang),
        StoreError::Lost(_) => t::store_lost(lang),
    }
}

/// Why a chosen picture became no photo, and what to do about it.
pub fn photo_error(lang: Language, error: &PhotoError) -> &'static str {
    match error {
        PhotoError::NobodyHere => t::queue_nobody(lang),
        PhotoError::NoPicture => t::photo_unreadable(lang),
        PhotoError::Store(error) => store_error(lang, error),
    }
}

/// Why a log-in failed, and what to do about it.
pub fn login_error(lang: Language, error: &LoginError) -> String {
    let sentence = match error {
        LoginError::TooMany(wait_s) => {
            return t::login_too_many(lang, wait_s.div_ceil(60).max(1));
        }
        LoginError::Wrong => t::login_wrong(lang),
        LoginError::Offline => t::login_offline(lang),
        LoginError::NotAnAnswer => t::login_not_an_answer(lang),
        LoginError::Revoked => t::login_revoked(lang),
        LoginError::DeviceOfAnother => t::login_device_of_another(lang),
        LoginError::NoCrypto => t::login_no_crypto(lang),
        LoginError::Server => t::login_server(lang),
        LoginError::Store(error) => store_error(lang, error),
    };
    sentence.to_owned()
}

/// Why an unlock code was not set, and what to do about it.
pub fn code_error(lang: Language, error: &CodeError) -> String {
    let sentence = match error {
        CodeError::Bad(BadCode::NotDigits) => t::code_not_digits(lang),
        CodeError::Bad(BadCode::Length) => t::code_length(lang),
        CodeError::Bad(BadCode::TooEasy) => t::code_too_easy(lang),
        CodeError::NobodyHere => t::queue_nobody(lang),
        CodeError::NoCrypto => t::login_no_crypto(lang),
        CodeError::Store(error) => store_error(lang, error),
    };
    sentence.to_owned()
}

/// Why the phone was not unlocked or not taken back from an owner, and what to do about it.
pub fn unlock_error(lang: Language, error: &UnlockError) -> String {
    match error {
        UnlockError::Wrong => t::take_back_wrong(lang).to_owned(),
        UnlockError::Wait(wait_s) => t::take_back_wait(lang, wait_s.unsigned_abs()),
        UnlockError::Code(error) => code_error(lang, error),
        UnlockError::Login(error) => login_error(lang, error),
        UnlockError::Office(AskError::NotTheEscrow) => t::lock_not_opened(lang).to_owned(),
        UnlockError::Office(error) => ask_error(lang, error),
        UnlockError::Passkey(error) => no_passkey(lang, *error).to_owned(),
        UnlockError::NotSealed => t::lock_not_sealed(lang).to_owned(),
    }
}

/// Why a passkey was not made or gave nothing, and what to do about it.
pub fn no_passkey(lang: Language, error: NoPasskey) -> &'static str {
    match error {
        NoPasskey::Unsupported => t::passkey_unsupported(lang),
        NoPasskey::Refused => t::passkey_refused(lang),
    }
}

/// Why no passkey was added, and what to do about it.
pub fn passkey_error(lang: Language, error: &PasskeyError) -> &'static str {
    match error {
        PasskeyError::NobodyHere => t::queue_nobody(lang),
        PasskeyError::Passkey(error) => no_passkey(lang, *error),
        PasskeyError::Store(error) => store_error(lang, error),
    }
}

/// Why the office did not do what it was asked, and what to do about it.
pub fn ask_error(lang: Language, error: &AskError) -> String {
    let sentence = match error {
        AskError::TooMany(wait_s) => {
            return t::login_too_many(lang, wait_s.div_ceil(60).max(1));
        }
        AskError::Offline => t::ask_offline(lang),
        AskError::NotAnAnswer => t::login_not_an_answer(lang),
        AskError::LoggedOut => t::ask_logged_out(lang),
        AskError::WrongPassword => t::password_wrong(lang),
        AskError::Unfit(reason) => match reason.as_str() {
            "too_short" => t::password_too_short(lang),
            "too_long" => t::password_too_long(lang),
            "too_common" => t::password_too_common(lang),
            "names_you" => t::password_names_you(lang),
            "same" => t::password_same(lang),
            _ => t::password_unfit(lang),
        },
        AskError::NotThere => t::ask_not_there(lang),
        AskError::NotThisDevice => t::ask_not_this_device(lang),
        AskError::NoCrypto => t::login_no_crypto(lang),
        AskError::Changed => t::ask_changed(lang),
        AskError::AlreadyRecorded => t::ask_recorded(lang),
        AskError::NotTheEscrow => t::lock_not_opened(lang),
        AskError::Server => t::ask_server(lang),
        AskError::Store(error) => store_error(lang, error),
    };
    sentence.to_owned()
}

/// Why what is unsent was not saved as a file, and what to do about it.
pub fn export_error(lang: Language, error: &ExportError) -> &'static str {
    match error {
        ExportError::Short => t::export_short(lang),
        ExportError::NobodyHere => t::ask_logged_out(lang),
        ExportError::NoCrypto => t::login_no_crypto(lang),
        ExportError::Store(error) => store_error(lang, error),
    }
}

/// Why a saved file was not taken in, and what to do about it.
pub fn rescue_error(lang: Language, error: &RescueError) -> &'static str {
    match error {
        RescueError::NobodyHere => t::ask_logged_out(lang),
        RescueError::WrongPassphrase => t::rescue_wrong_passphrase(lang),
        RescueError::NoCrypto => t::login_no_crypto(lang),
        RescueError::Store(error) => store_error(lang, error),
        RescueError::File(why) => match why {
            Unreadable::TooLarge | Unreadable::TooMany => t::rescue_too_large(lang),
            Unreadable::NotRescue => t::rescue_not_rescue(lang),
            Unreadable::LaterFormat => t::rescue_later_format(lang),
            Unreadable::Damaged | Unreadable::Event(_) => t::rescue_damaged(lang),
            Unreadable::OtherCompany => t::rescue_other_company(lang),
        },
    }
}

/// Why a record was kept aside instead of being logged.
pub fn kept_aside(lang: Language, why: Why) -> &'static str {
    match why {
        Why::IdConflict => t::aside_id_conflict(lang),
        Why::NotAuthorised => t::aside_not_authorised(lang),
        Why::SubjectFull => t::aside_subject_full(lang),
        Why::WrongSubject => t::aside_wrong_subject(lang),
        Why::Invalid => t::aside_invalid(lang),
        Why::DeviceRevoked => t::aside_device_revoked(lang),
        Why::Deposited => t::aside_deposited(lang),
    }
}

/// What keeps sending from succeeding; being offline is the normal state.
pub fn trouble(lang: Language, trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Offline => t::trouble_offline(lang),
        Trouble::NotAnAnswer => t::trouble_not_an_answer(lang),
        Trouble::Server => t::trouble_server(lang),
        Trouble::Refused(_) => t::trouble_refused(lang),
        Trouble::Storage => t::trouble_storage(lang),
    }
}

/// Why the office did not take an event, and what to do about it.
pub fn refusal(lang: Language, code: RefusalCode, params: &Params) -> String {
    let sentence = match code {
        RefusalCode::Invalid => {
            let reason = params.get("reason").and_then(|reason| reason.as_str());
            return t::refusal_invalid(lang, reason.unwrap_or_default());
        }
        RefusalCode::Malformed | RefusalCode::PartChanged | RefusalCode::PartMissing => {
            t::refusal_damaged(lang)
        }
        RefusalCode::LaterVersion => t::refusal_later_version(lang),
        RefusalCode::TooLarge | RefusalCode::TooDeep | RefusalCode::SubjectFull => {
            t::refusal_too_large(lang)
        }
        RefusalCode::OtherPerson => t::refusal_other_person(lang),
        RefusalCode::OtherDevice | RefusalCode::BadSignature => t::refusal_device(lang),
        RefusalCode::NotAuthorised | RefusalCode::NotForPush => t::refusal_not_authorised(lang),
        RefusalCode::IdConflict => t::refusal_id_conflict(lang),
        RefusalCode::UnknownAfter | RefusalCode::UnknownSubject => t::refusal_waiting(lang),
        RefusalCode::WrongSubject => t::refusal_wrong_subject(lang),
        RefusalCode::DeviceRevoked => t::refusal_device_revoked(lang),
        RefusalCode::NotHeld => t::refusal_not_held(lang),
        RefusalCode::AlreadyDecided => t::refusal_already_decided(lang),
        RefusalCode::NotAdoptable => t::refusal_not_adoptable(lang),
        RefusalCode::QuarantineFull => t::refusal_quarantine_full(lang),
        RefusalCode::Other => t::refusal_other(lang),
    };
    sentence.to_owned()
}

/// Why an event was not finished, and what to do about it.
pub fn queue_error(lang: Language, error: &QueueError) -> &'static str {
    match error {
        QueueError::NobodyHere => t::queue_nobody(lang),
        QueueError::NoCrypto => t::queue_no_crypto(lang),
        QueueError::Draft(_) => t::queue_draft(lang),
        QueueError::Store(error) => store_error(lang, error),
    }
}
