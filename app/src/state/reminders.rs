//! Reminding in time to be there five minutes early (R2.2): which visit it is time to set out for,
//! and the phone's own notice of it. Not the sentence above a screen, which is
//! [`crate::components::banners`]'.

use std::collections::BTreeSet;

use doorstep_domain::plan::Standing;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::handed::use_hands;
use super::plans::{PlannedVisit, use_own_plans, use_site_time};
use crate::browser::notice::{self, Permission};
use crate::i18n::{t, use_lang};
use crate::path::Path;

/// What it is time for. Reads are tracked.
#[derive(Clone, Copy)]
pub struct Reminders {
    due: Memo<Option<PlannedVisit>>,
    permission: RwSignal<Permission>,
}

impl Reminders {
    /// The first visit that it is time to set out for.
    pub fn due(self) -> Option<PlannedVisit> {
        self.due.get()
    }

    /// Whether the phone's own notices can be asked for.
    pub fn can_ask(self) -> bool {
        self.permission.get() == Permission::NotAsked
    }

    /// Asks for the phone's own notices; must follow a tap.
    pub async fn ask(self) {
        let answer = notice::ask().await;
        self.permission.try_set(answer);
    }
}

/// Provides the reminders, and gives the phone's notice of each once.
pub fn provide_reminders() {
    let lang = use_lang();
    let plans = use_own_plans();
    let now = use_site_time();
    let hands = use_hands();
    let due = Memo::new(move |_| {
        let now = now.get();
        plans.with(|plans| {
            let mut due = plans.iter().filter(|it| it.standing(now) == Standing::Due);
            due.next().cloned()
        })
    });
    let noticed = StoredValue::new(BTreeSet::new());
    Effect::new(move || {
        let Some(plan) = due.get() else { return };
        // An owner has the phone: nothing of another household appears on it.
        if hands.is_handed() {
            return;
        }
        if !noticed
            .try_update_value(|noticed| noticed.insert(plan.entry))
            .unwrap_or(false)
        {
            return;
        }
        // On a locked phone anybody reads it: the address, no name.
        let time = plan.content.at.clock();
        let title = untrack(|| t::reminder_due(lang.get(), &time, &plan.room));
        let address = Path::Household(plan.household).to_string();
        spawn_local(async move {
            notice::show(&plan.plan.to_string(), &title, &address).await;
        });
    });
    provide_context(Reminders {
        due,
        permission: RwSignal::new(notice::permission()),
    });
}

/// What it is time for.
pub fn use_reminders() -> Reminders {
    expect_context()
}
