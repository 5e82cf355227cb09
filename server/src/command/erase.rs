//! `doorstep erase`: parts of one event, on a director's order. Of a household as a whole there is
//! `doorstep household erase`.

use clap::Args;
use doorstep_domain::erasure::Reason;
use doorstep_domain::event::{Event, PartName};
use doorstep_domain::id::{EventId, PersonId, SiteId};
use serde_json::json;

use super::{Answer, CommandError, Outcome, site_named};
use crate::clock;
use crate::erasing::{self, Target};
use crate::store::{Database, Reader};

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  doorstep erase 019ab0c1-7d2e-7c3f-8a4b-5c6d7e8f9a0b --site jinhaiwan \
                  --part private --reason unlawful --ordered-by shen"
)]
pub(super) struct EraseArguments {
    /// The event, as the record's page and `doorstep verify` name it.
    event: EventId,
    /// The site's code.
    #[arg(long)]
    site: String,
    /// A part that is to go; give it several times for several. All of them by default.
    #[arg(long, value_parser = part)]
    part: Vec<PartName>,
    #[command(flatten)]
    order: Order,
}

/// Why, and who said so.
#[derive(Debug, Args)]
pub(super) struct Order {
    /// Why: `no_longer_needed`, `term_ended`, `consent_withdrawn` or `unlawful` (PIPL 47).
    #[arg(long, value_parser = reason)]
    reason: Reason,
    /// The log-in name of the site's director who ordered it; not needed for `term_ended`.
    #[arg(long, value_name = "LOGIN")]
    ordered_by: Option<String>,
}

impl Order {
    /// The reason and who ordered it, if that is the site's director.
    pub(super) fn read(
        &self,
        reader: Reader<'_>,
        site: SiteId,
    ) -> Result<(Reason, Option<PersonId>), CommandError> {
        let Some(login) = &self.ordered_by else {
            if self.reason.needs_order() {
                let problem = "say with --ordered-by which director ordered it";
                return Err(CommandError::Usage(problem.to_owned()));
            }
            return Ok((self.reason, None));
        };
        let account = reader
            .account_by_login(login)?
            .ok_or_else(|| CommandError::Usage(format!("there is no account `{login}`")))?;
        if !erasing::may_order(reader, &account, site, clock::now())? {
            let problem = format!("`{login}` is not the director of this site now");
            return Err(CommandError::Usage(problem));
        }
        Ok((self.reason, Some(account.person)))
    }
}

pub(super) fn run(
    arguments: &EraseArguments,
    database: &Database,
    answer: &mut Answer<'_>,
) -> Result<Outcome, CommandError> {
    let mut writer = database.writer();
    let reader = writer.reader();
    let site = site_named(reader, &arguments.site)?;
    let (reason, ordered_by) = arguments.order.read(reader, site.id)?;
    let id = arguments.event;
    let logged = reader.logged(site.id, id)?;
    let aside = reader.kept_aside(site.id)?;
    let aside: Vec<&Event> = aside
        .iter()
        .filter(|held| held.id == id)
        .map(|held| &held.event)
        .collect();
    if logged.is_none() && aside.is_empty() {
        let problem = format!("the site has no event {id}");
        return Err(CommandError::Usage(problem));
    }
    let asked = |name: PartName| arguments.part.is_empty() || arguments.part.contains(&name);
    let target = Target::of(id, logged.as_ref(), aside, asked)
        .ok_or_else(|| CommandError::Failed("nothing of it is left to erase".to_owned()))?;
    let mut asked = arguments.part.iter();
    if let Some(name) = asked.find(|name| !target.parts.contains(name)) {
        let problem = format!("the event has no part `{}` (any more)", name.as_str());
        return Err(CommandError::Failed(problem));
    }
    erasing::erase(
        &mut writer,
        site.id,
        None,
        std::slice::from_ref(&target),
        reason,
        ordered_by,
    )?;
    let parts: Vec<&str> = target.parts.iter().map(|part| part.as_str()).collect();
    let (names, rule) = (parts.join(", "), reason.rule());
    answer.line(&format!("erased {names} of {} ({rule})", target.event))?;
    answer.json(&json!({"event": target.event, "erased": parts, "rule": rule}))?;
    Ok(Outcome::Fine)
}

fn part(name: &str) -> Result<PartName, String> {
    use PartName::{Content, Ink, Private, Signing};
    let erasable = [Content, Signing, Ink, Private];
    erasable
        .into_iter()
        .find(|part| part.as_str() == name)
        .ok_or_else(|| "take content, signing, ink or private".to_owned())
}

fn reason(name: &str) -> Result<Reason, String> {
    Reason::from_name(name).ok_or_else(|| {
        let names = Reason::ALL.map(Reason::as_str);
        format!("take one of {}", names.join(", "))
    })
}
