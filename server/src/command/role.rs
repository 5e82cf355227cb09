//! `ROLE[@SITE][:FROM..UNTIL]`, how a role is written on the command line.

use std::str::FromStr;

use chrono::{Days, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;
use doorstep_domain::policy::{Grant, Role};
use doorstep_domain::time::UnixMs;

use super::{CommandError, site_named};
use crate::clock;
use crate::store::Reader;

/// A role as typed; dates are the site's calendar days, both included (UTC's for a role on all
/// sites).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RoleArgument {
    pub(super) role: Role,
    pub(super) site: Option<String>,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
}

impl FromStr for RoleArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (holder, term) = text.split_once(':').unwrap_or((text, ".."));
        let (name, site) = match holder.split_once('@') {
            Some((name, site)) => (name, Some(site.to_owned())),
            None => (holder, None),
        };
        let role = Role::from_name(name).ok_or_else(|| {
            let names: Vec<_> = Role::GRANTABLE.iter().map(|role| role.as_str()).collect();
            format!("`{name}` is no role; there are: {}", names.join(", "))
        })?;
        let (from, until) = term
            .split_once("..")
            .ok_or_else(|| format!("`{term}` is no term: write FROM..UNTIL"))?;
        let (from, until) = (day(from)?, day(until)?);
        if from.is_some_and(|from| until.is_some_and(|until| until < from)) {
            return Err(format!("`{term}` ends before it begins"));
        }
        Ok(Self {
            role,
            site,
            from,
            until,
        })
    }
}

fn day(text: &str) -> Result<Option<NaiveDate>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d");
    date.map(Some)
        .map_err(|_| format!("`{text}` is no date: write it as 2026-11-30"))
}

impl RoleArgument {
    /// The grant: from now on if no first day is given.
    pub(super) fn grant(&self, reader: Reader<'_>, now: UnixMs) -> Result<Grant, CommandError> {
        let site = self
            .site
            .as_deref()
            .map(|code| site_named(reader, code))
            .transpose()?;
        let zone = site
            .as_ref()
            .and_then(|site| clock::zone(&site.zone))
            .unwrap_or(Tz::UTC);
        let after = |date: NaiveDate| date.checked_add_days(Days::new(1));
        Ok(Grant {
            role: self.role,
            site: site.map(|site| site.id),
            from: self.from.map_or(now, |date| midnight(date, zone)),
            until: self.until.and_then(after).map(|date| midnight(date, zone)),
        })
    }
}

/// The first moment of a day on a zone's clocks.
fn midnight(date: NaiveDate, zone: Tz) -> UnixMs {
    let midnight = date.and_time(NaiveTime::MIN);
    let local = zone.from_local_datetime(&midnight).earliest();
    // Where clocks skip midnight, the day begins an hour later; UTC's is close enough then.
    local.map_or(midnight.and_utc().timestamp_millis(), |time| {
        time.timestamp_millis()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_read_with_or_without_site_and_term() {
        let role: RoleArgument = "director@jinhaiwan:2026-11-01..2026-11-30".parse().unwrap();
        assert_eq!(
            (role.role, role.site.as_deref()),
            (Role::Director, Some("jinhaiwan"))
        );
        assert_eq!(role.until, NaiveDate::from_ymd_opt(2026, 11, 30));
        let plain: RoleArgument = "operations".parse().unwrap();
        assert_eq!((plain.site, plain.from, plain.until), (None, None, None));
        let open: RoleArgument = "steward@a:2026-11-01..".parse().unwrap();
        assert!(open.from.is_some() && open.until.is_none());
    }

    #[test]
    fn what_is_no_role_is_told_apart() {
        for text in [
            "boss@a",
            "office",
            "steward:2026",
            "steward:2026-13-01..",
            "steward:2026-02-02..2026-02-01",
        ] {
            assert!(text.parse::<RoleArgument>().is_err(), "{text}");
        }
    }

    #[test]
    fn days_are_the_sites() {
        let date = NaiveDate::from_ymd_opt(2026, 11, 1).unwrap();
        let shanghai = midnight(date, Tz::Asia__Shanghai);
        assert_eq!(midnight(date, Tz::UTC) - shanghai, 8 * 60 * 60 * 1_000);
    }
}
