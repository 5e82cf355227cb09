//! What is done to accounts by whoever looks after them, at the interface or the command line. Not the rules for passwords, which are [`crate::password`].

use doorstep_domain::account::OneTimePassword;
use doorstep_domain::hash::to_base64url;

use crate::directory::{self, DirectoryError};
use crate::store::{Account, Writer};
use crate::{clock, password, random};

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

/// Ends every log-in and role of the account, and leaves it a password that nobody knows; gives how
/// many grants ended. A repeat finishes what was interrupted.
pub fn close(writer: &mut Writer<'_>, account: &Account) -> Result<usize, DirectoryError> {
    let nobodys = password::hash(&to_base64url(&random::bytes::<32>()));
    directory::set_password(writer, account.person, &nobodys, None)?;
    let now = clock::now();
    let mut held = writer.reader().grants(account.person)?;
    held.retain(|grant| !grant.ended(now));
    let mut ended = 0;
    for grant in held {
        ended += directory::end_role(writer, account.person, grant.role, grant.site)?;
    }
    Ok(ended)
}
