//! Which sites there are and in which time zone each lies, as the accept core asks. Not the
//! clock, which is [`crate::clock`].

use std::collections::BTreeMap;

use chrono_tz::Tz;
use doorstep_domain::account::Site;
use doorstep_domain::id::SiteId;
use doorstep_domain::sync::accept::Sites;
use doorstep_domain::time::SiteTime;

use crate::clock;

/// The company's sites with their zones.
#[derive(Debug, Clone, Default)]
pub struct Zones(BTreeMap<SiteId, Tz>);

impl Zones {
    /// The zones of these sites. A site whose zone this program does not know (its database of
    /// zones is older) is as good as absent: nothing on it can be checked.
    pub fn of(sites: &[Site]) -> Self {
        let known = sites
            .iter()
            .filter_map(|site| Some((site.id, clock::zone(&site.zone)?)));
        Self(known.collect())
    }

    /// The zone of a site.
    pub fn zone(&self, site: SiteId) -> Option<Tz> {
        self.0.get(&site).copied()
    }
}

impl Sites for Zones {
    fn exists(&self, site: SiteId) -> bool {
        self.0.contains_key(&site)
    }

    fn offset_fits(&self, site: SiteId, time: SiteTime) -> bool {
        self.zone(site)
            .is_some_and(|zone| clock::offset_fits(time, zone))
    }
}
