//! A visit being written, as lists tell it: which household, how far, when it was kept; a tap
//! goes on with it. Not the writing.

use doorstep_domain::account::Site;
use doorstep_domain::draft::VisitDraft;
use doorstep_domain::id::{HouseholdId, SiteId, SubjectId};
use doorstep_domain::language::Language;
use doorstep_domain::time::UnixMs;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::browser::format;
use crate::browser::store::KeptDraft;
use crate::i18n::{t, use_lang};
use crate::path::Path;
use crate::state::draft_copies::use_draft_copies;
use crate::state::drafts::use_drafts;
use crate::state::now::use_now;
use crate::state::session::use_session;

/// A draft in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftSummary {
    /// The record it will become.
    pub subject: SubjectId,
    /// When it was last kept, phone time.
    pub saved_at: UnixMs,
    /// The office has a copy of it as it is.
    pub is_copied: bool,
    /// What it says; `None` when another version of the app wrote it.
    pub about: Option<DraftAbout>,
}

/// What a draft says, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftAbout {
    /// The site.
    pub site: SiteId,
    /// The household.
    pub household: HouseholdId,
    /// Its address.
    pub room: String,
    /// Who is met, as typed.
    pub met: String,
    /// How many topics are noted.
    pub noted: u64,
    /// Whether the owner's page was shown.
    pub shown: bool,
    /// Whether it corrects a record.
    pub corrects: bool,
}

impl DraftSummary {
    fn read(kept: &KeptDraft, is_copied: bool) -> Self {
        Self {
            subject: kept.subject,
            saved_at: kept.saved_at,
            is_copied,
            about: VisitDraft::from_bytes(&kept.body).map(DraftAbout::of),
        }
    }
}

impl DraftAbout {
    /// What `draft` says.
    pub fn of(draft: VisitDraft) -> Self {
        Self {
            site: draft.site,
            household: draft.household.household,
            noted: draft.notes.iter().filter(|note| !note.is_blank()).count() as u64,
            shown: draft.owner_page.is_some(),
            corrects: draft.correcting.is_some(),
            room: draft.room,
            met: draft.met,
        }
    }

    /// How far the writing has come.
    pub fn how_far(&self, lang: Language) -> String {
        match self.noted {
            _ if self.shown => t::drafts_shown(lang).to_owned(),
            0 => t::drafts_just_begun(lang).to_owned(),
            noted => t::drafts_noted(lang, noted),
        }
    }
}

/// All drafts in short, the one last kept first.
pub fn use_draft_summaries() -> Memo<Vec<DraftSummary>> {
    let drafts = use_drafts();
    let copies = use_draft_copies();
    Memo::new(move |_| {
        let read = |draft| DraftSummary::read(draft, copies.is_copied(draft));
        let mut all: Vec<_> = drafts.all().iter().map(read).collect();
        all.sort_by_key(|draft| core::cmp::Reverse(draft.saved_at));
        all
    })
}

/// One draft in a list; the whole row goes on with it.
#[component]
pub fn DraftRow(
    /// The draft.
    draft: DraftSummary,
) -> impl IntoView {
    let lang = use_lang();
    let session = use_session();
    let now = use_now();
    let DraftSummary {
        subject,
        saved_at,
        is_copied,
        about,
    } = draft;
    let room = about.as_ref().map(|about| about.room.clone());
    let title = move || {
        let unreadable = || t::drafts_unreadable(lang.get()).to_owned();
        room.clone().unwrap_or_else(unreadable)
    };
    let met = about.as_ref().map(|about| about.met.clone());
    // A draft of another site says so: the head of the screen names this one.
    let draft_site = about.as_ref().map(|about| about.site);
    let elsewhere = move || {
        let here = session.site().map(|site| site.id);
        let is_it = |site: &Site| Some(site.id) == draft_site && draft_site != here;
        session
            .sites()
            .into_iter()
            .find(is_it)
            .map(|site| site.name)
    };
    let state = move || {
        let lang = lang.get();
        let corrects = about.as_ref().is_some_and(|about| about.corrects);
        let correction = corrects.then(|| t::drafts_correction(lang).to_owned());
        let far = about.as_ref().map(|about| about.how_far(lang));
        let today = now.today();
        let time = format::near_time(lang, &session.zone(), today, saved_at);
        let saved = Some(t::drafts_saved(lang, &time));
        let copied = is_copied.then(|| t::drafts_copied(lang).to_owned());
        let said = [elsewhere(), correction, far, saved, copied];
        let said: Vec<String> = said.into_iter().flatten().collect();
        said.join(" · ")
    };
    view! {
        <li>
            <A href=Path::Listening(subject).to_string() attr:class="row-link">
                <div class="row-words">
                    <p>
                        <b class="room">{title}</b>
                        " "
                        {met}
                    </p>
                    <p class="caption number">{state}</p>
                </div>
                <span class="pill amber">{lang.words(t::drafts_continue)}</span>
            </A>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use doorstep_domain::household::{HouseholdCard, HouseholdFact, Residence, Use};
    use doorstep_domain::language::Language::English;
    use doorstep_domain::time::SiteTime;
    use doorstep_domain::topic::Topic;

    use super::*;

    fn kept(body: Vec<u8>) -> KeptDraft {
        KeptDraft {
            subject: SubjectId::mint(1, &[1; 10]),
            revision: 1,
            saved_at: 5,
            body,
        }
    }

    #[test]
    fn a_draft_tells_how_far_it_has_come() {
        let fact = HouseholdFact {
            household: HouseholdId::mint(1, &[2; 10]),
            r#use: Use::Home,
            residence: Residence::Permanent,
            occupied: true,
            listed: true,
        };
        let card = HouseholdCard {
            room: "1502".into(),
            ..HouseholdCard::default()
        };
        let (subject, site) = (SubjectId::mint(1, &[1; 10]), SiteId::mint(1, &[3; 10]));
        let begun = SiteTime::at(0, 480).unwrap();
        let mut draft = VisitDraft::begin(subject, site, fact, &card, begun);
        let far = |draft: &VisitDraft| {
            let summary = DraftSummary::read(&kept(draft.to_bytes()), false);
            summary.about.unwrap().how_far(English)
        };
        assert_eq!(far(&draft), "Just begun");
        draft.note_mut(Topic::Repair).text = "电梯异响".into();
        assert_eq!(far(&draft), "1 topic noted");
    }

    #[test]
    fn another_versions_draft_is_still_listed() {
        let summary = DraftSummary::read(&kept(b"{\"v\": 9}".to_vec()), false);
        assert_eq!((summary.saved_at, summary.about), (5, None));
    }
}
