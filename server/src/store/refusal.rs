//! The log of refusals as a table, bounded by age and count. Not a log anybody relies on: it is no
//! evidence, and old rows go.

use doorstep_domain::hash::Hash;
use rusqlite::params;

use super::{Reader, StoreError, Writer, parse};
use crate::refusals::{KEPT_MS, ROWS_MAX, Refused, STRANGERS_ROWS_MAX};

impl Reader<'_> {
    /// The last `limit` refusals, the latest first.
    pub fn refusals(self, limit: u32) -> Result<Vec<Refused>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT at, person, device, network, address, code, params FROM refusal
             ORDER BY number DESC LIMIT ?1",
        )?;
        let mut rows = query.query([limit])?;
        let mut refusals = Vec::new();
        while let Some(row) = rows.next()? {
            let person: Option<String> = row.get(1)?;
            let device: Option<[u8; 32]> = row.get(2)?;
            let params: String = row.get(6)?;
            refusals.push(Refused {
                at: row.get(0)?,
                person: person.map(|it| parse("a person", &it)).transpose()?,
                device: device.map(Hash),
                network: row.get(3)?,
                address: row.get(4)?,
                code: row.get(5)?,
                params: serde_json::from_str(&params).map_err(|_| StoreError::Corrupt {
                    what: "a refusal's parameters".to_owned(),
                })?,
            });
        }
        Ok(refusals)
    }
}

impl Writer<'_> {
    /// Keeps refusals, and drops those that are too old or too many.
    pub fn keep_refusals(&mut self, refusals: &[Refused]) -> Result<(), StoreError> {
        let Some(last) = refusals.last() else {
            return Ok(());
        };
        let transaction = self.connection.transaction()?;
        for refused in refusals {
            let params = serde_json::to_string(&refused.params).expect("parameters are JSON");
            transaction.execute(
                "INSERT INTO refusal (at, person, device, network, address, code, params)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    refused.at,
                    refused.person.map(|it| it.to_string()),
                    refused.device.map(|it| it.0),
                    refused.network,
                    refused.address,
                    refused.code,
                    params
                ],
            )?;
        }
        transaction.execute("DELETE FROM refusal WHERE at < ?1", [last.at - KEPT_MS])?;
        for (of_strangers, most) in [(false, ROWS_MAX), (true, STRANGERS_ROWS_MAX)] {
            transaction.execute(
                "DELETE FROM refusal WHERE (person IS NULL) = ?1 AND number <=
                     (SELECT number FROM refusal WHERE (person IS NULL) = ?1
                      ORDER BY number DESC LIMIT 1 OFFSET ?2)",
                (of_strangers, most),
            )?;
        }
        transaction.commit()?;
        Ok(())
    }
}
