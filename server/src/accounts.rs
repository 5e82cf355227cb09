//! Passwords of accounts, by their people and by whoever looks after accounts: what both the
//! interface and the command line do. Not the rules for passwords, which are [`crate::password`].

use doorstep_domain::account::OneTimePassword;

use crate::directory::{self, DirectoryError};
use crate::store::{Account, Writer};
use crate::{clock, password};

/// Gives the account a password to be used once; its log-ins end.
pub fn reset_password(
    writer: &mut Writer<'_>,
    account: &Account,
) -> Result<OneTimePassword, DirectoryError> {
    let given = OneTimePassword {
        login: account.login.clone(),
        password: password::draw_one_time(),
        until: clock::now() + password::ONE_TIME_MS,
    };
    let hash = password::hash(&given.password);
    directory::set_password(writer, account.person, &hash, Some(given.until))?;
    Ok(given)
}
