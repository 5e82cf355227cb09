//! People with an account, and the roles they hold. Not what a role may do, which is
//! `domain::policy`.

use doorstep_domain::id::{PersonId, SiteId};
use doorstep_domain::policy::{Grant, Role};
use doorstep_domain::time::UnixMs;
use rusqlite::{Row, params};

use super::{Reader, SqliteTransaction, StoreError, parse, taken};

/// A person's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The person.
    pub person: PersonId,
    /// Log-in name.
    pub login: String,
    /// The name people read.
    pub name: String,
    /// Hash of the password, a PHC string.
    pub password: String,
    /// Of a one-time password, the first moment at which it can no longer be used; `None` for a
    /// password that the person chose.
    pub one_time_until: Option<UnixMs>,
}

const COLUMNS: &str = "SELECT id, login, name, password, one_time_until FROM person";

impl Reader<'_> {
    /// All accounts by log-in name.
    pub fn accounts(self) -> Result<Vec<Account>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(&format!("{COLUMNS} ORDER BY login"))?;
        let mut rows = query.query([])?;
        let mut accounts = Vec::new();
        while let Some(row) = rows.next()? {
            accounts.push(read(row)?);
        }
        Ok(accounts)
    }

    /// The account with this log-in name.
    pub fn account_by_login(self, login: &str) -> Result<Option<Account>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(&format!("{COLUMNS} WHERE login = ?1"))?;
        let mut rows = query.query([login])?;
        rows.next()?.map(read).transpose()
    }

    /// The account of this person.
    pub fn account(self, person: PersonId) -> Result<Option<Account>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached(&format!("{COLUMNS} WHERE id = ?1"))?;
        let mut rows = query.query([person.to_string()])?;
        rows.next()?.map(read).transpose()
    }

    /// All grants of a person, ended ones too, oldest first.
    pub fn grants(self, person: PersonId) -> Result<Vec<Grant>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT role, site, from_ms, until_ms FROM role_grant WHERE person = ?1 ORDER BY rowid",
        )?;
        let mut rows = query.query([person.to_string()])?;
        let mut grants = Vec::new();
        while let Some(row) = rows.next()? {
            grants.push(read_grant(row)?);
        }
        Ok(grants)
    }

    /// All grants of everybody, ended ones too, oldest first.
    pub fn all_grants(self) -> Result<Vec<(PersonId, Grant)>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT role, site, from_ms, until_ms, person FROM role_grant ORDER BY rowid",
        )?;
        let mut rows = query.query([])?;
        let mut grants = Vec::new();
        while let Some(row) = rows.next()? {
            let person = parse("a person", &row.get::<_, String>(4)?)?;
            grants.push((person, read_grant(row)?));
        }
        Ok(grants)
    }
}

impl SqliteTransaction<'_> {
    /// Adds an account. Its log-in name must be free.
    pub fn add_person(&mut self, account: &Account) -> Result<(), StoreError> {
        let values = (
            account.person.to_string(),
            &account.login,
            &account.name,
            &account.password,
        );
        self.transaction
            .execute(
                "INSERT INTO person (id, login, name, password) VALUES (?1, ?2, ?3, ?4)",
                values,
            )
            .map_err(taken(&account.login))?;
        Ok(())
    }

    /// Replaces a password's hash and ends every session of the account.
    pub fn set_password(
        &mut self,
        person: PersonId,
        password: &str,
        one_time_until: Option<UnixMs>,
    ) -> Result<(), StoreError> {
        let person = person.to_string();
        self.transaction.execute(
            "UPDATE person SET password = ?2, one_time_until = ?3 WHERE id = ?1",
            (&person, password, one_time_until),
        )?;
        self.transaction
            .execute("DELETE FROM session WHERE person = ?1", [&person])?;
        Ok(())
    }

    /// Ends a person's grants of `role` on exactly `site` that hold at `now` or later; gives them
    /// as they are then.
    pub fn end_grants(
        &mut self,
        person: PersonId,
        role: Role,
        site: Option<SiteId>,
        now: UnixMs,
    ) -> Result<Vec<Grant>, StoreError> {
        let open = |grant: &Grant| {
            (grant.role, grant.site) == (role, site) && grant.until.is_none_or(|until| now < until)
        };
        let mut ended: Vec<Grant> = self
            .reader()
            .grants(person)?
            .into_iter()
            .filter(open)
            .collect();
        self.transaction.execute(
            "UPDATE role_grant SET until_ms = max(?4, from_ms)
             WHERE person = ?1 AND role = ?2 AND site IS ?3
               AND (until_ms IS NULL OR until_ms > ?4)",
            params![
                person.to_string(),
                role.as_str(),
                site.map(|site| site.to_string()),
                now
            ],
        )?;
        for grant in &mut ended {
            grant.until = Some(now.max(grant.from));
        }
        Ok(ended)
    }

    /// Grants a role.
    pub fn add_grant(&mut self, person: PersonId, grant: &Grant) -> Result<(), StoreError> {
        self.transaction.execute(
            "INSERT INTO role_grant (person, role, site, from_ms, until_ms)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                person.to_string(),
                grant.role.as_str(),
                grant.site.map(|site| site.to_string()),
                grant.from,
                grant.until
            ],
        )?;
        Ok(())
    }
}

fn read(row: &Row<'_>) -> Result<Account, StoreError> {
    Ok(Account {
        person: parse("a person", &row.get::<_, String>(0)?)?,
        login: row.get(1)?,
        name: row.get(2)?,
        password: row.get(3)?,
        one_time_until: row.get(4)?,
    })
}

fn read_grant(row: &Row<'_>) -> Result<Grant, StoreError> {
    let role: String = row.get(0)?;
    let site: Option<String> = row.get(1)?;
    Ok(Grant {
        role: Role::from_name(&role).ok_or_else(|| StoreError::Corrupt {
            what: format!("a role `{role}`"),
        })?,
        site: site.map(|site| parse("a site", &site)).transpose()?,
        from: row.get(2)?,
        until: row.get(3)?,
    })
}
