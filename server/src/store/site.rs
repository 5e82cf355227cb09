//! Sites as tables know them: the code people type, the name, the time zone.

use doorstep_domain::account::Site;
use doorstep_domain::id::SiteId;
use rusqlite::Row;

use super::{Reader, SqliteTransaction, StoreError, parse, taken};

impl Reader<'_> {
    /// All sites by code.
    pub fn sites(self) -> Result<Vec<Site>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT id, code, name, zone FROM site ORDER BY code")?;
        let mut rows = query.query([])?;
        let mut sites = Vec::new();
        while let Some(row) = rows.next()? {
            sites.push(read(row)?);
        }
        Ok(sites)
    }

    /// The site with this code.
    pub fn site_by_code(self, code: &str) -> Result<Option<Site>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT id, code, name, zone FROM site WHERE code = ?1")?;
        let mut rows = query.query([code])?;
        rows.next()?.map(read).transpose()
    }

    /// The sites named, those that exist, by code.
    pub fn sites_named(self, ids: &[SiteId]) -> Result<Vec<Site>, StoreError> {
        let all = self.sites()?;
        Ok(all
            .into_iter()
            .filter(|site| ids.contains(&site.id))
            .collect())
    }
}

impl SqliteTransaction<'_> {
    /// Adds a site. Its code must be free.
    pub fn add_site(&mut self, site: &Site) -> Result<(), StoreError> {
        let values = (site.id.to_string(), &site.code, &site.name, &site.zone);
        self.transaction
            .execute(
                "INSERT INTO site (id, code, name, zone) VALUES (?1, ?2, ?3, ?4)",
                values,
            )
            .map_err(taken(&site.code))?;
        Ok(())
    }
}

fn read(row: &Row<'_>) -> Result<Site, StoreError> {
    Ok(Site {
        id: parse("a site", &row.get::<_, String>(0)?)?,
        code: row.get(1)?,
        name: row.get(2)?,
        zone: row.get(3)?,
    })
}
