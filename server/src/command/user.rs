//! `doorstep user add|list|password|reset-password|close|grant|revoke`.

use std::io::BufRead;

use clap::{Args, Subcommand};
use doorstep_domain::policy::Grant;
use doorstep_domain::time::UnixMs;
use serde::Serialize;

use super::role::RoleArgument;
use super::{Answer, CommandError, Outcome};
use crate::store::{Account, Database, Reader};
use crate::{accounts, clock, directory, password};

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Add an account.
    #[command(after_help = "Example:\n  doorstep user add lin --name 林晓雯 --role \
                            supervisor@jinhaiwan\n  doorstep user add shen --name 沈国梁 --role \
                            director@jinhaiwan:2026-11-01..2026-11-30 --password-stdin < file")]
    Add(AddUser),
    /// Show all accounts with the roles they hold or will hold.
    #[command(after_help = "Example:\n  doorstep user list --json")]
    List,
    /// Set a new password; every log-in of the account ends.
    #[command(after_help = "Example:\n  doorstep user password lin")]
    Password(SetPassword),
    /// Draw a password to be used once, within three days, and changed at the log-in; every log-in
    /// of the account ends.
    #[command(after_help = "Example:\n  doorstep user reset-password lin")]
    ResetPassword(ResetPassword),
    /// Close an account: every log-in and every role of it ends at once. What the person did stays
    /// in the logs; `reset-password` and `grant` open it again.
    #[command(after_help = "Example:\n  doorstep user close lin")]
    Close(CloseAccount),
    /// Grant a role.
    #[command(after_help = "Example:\n  doorstep user grant lin --role director@jinhaiwan")]
    Grant(ChangeRole),
    /// End a role at once.
    #[command(after_help = "Example:\n  doorstep user revoke lin --role supervisor@jinhaiwan")]
    Revoke(ChangeRole),
}

#[derive(Debug, Args)]
pub(super) struct AddUser {
    /// The log-in name: lower-case letters, digits, `.`, `_`, `-`.
    login: String,
    /// The name people read.
    #[arg(long)]
    name: String,
    /// A role, on one site or (without @SITE) on all, with its first and last day if it has
    /// such; may be given several times.
    #[arg(long = "role", value_name = "ROLE[@SITE][:FROM..UNTIL]")]
    roles: Vec<RoleArgument>,
    /// Draw a password to be used once, within three days, and changed at the log-in, instead of
    /// asking for one.
    #[arg(long, conflicts_with = "password_stdin")]
    one_time: bool,
    #[command(flatten)]
    source: PasswordSource,
}

#[derive(Debug, Args)]
pub(super) struct SetPassword {
    /// The log-in name.
    login: String,
    #[command(flatten)]
    source: PasswordSource,
}

#[derive(Debug, Args)]
pub(super) struct ResetPassword {
    /// The log-in name.
    login: String,
}

#[derive(Debug, Args)]
pub(super) struct CloseAccount {
    /// The log-in name.
    login: String,
}

#[derive(Debug, Args)]
pub(super) struct ChangeRole {
    /// The log-in name.
    login: String,
    /// The role, on one site or (without @SITE) on all.
    #[arg(long, value_name = "ROLE[@SITE][:FROM..UNTIL]")]
    role: RoleArgument,
}

#[derive(Debug, Args)]
struct PasswordSource {
    /// Read the password from the first line of standard input instead of asking for it.
    #[arg(long)]
    password_stdin: bool,
}

/// An account as shown.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    person: String,
    login: &'a str,
    name: &'a str,
    roles: Vec<String>,
}

pub(super) fn run(
    command: &UserCommand,
    database: &Database,
    answer: &mut Answer<'_>,
) -> Result<Outcome, CommandError> {
    match command {
        UserCommand::Add(arguments) => add(arguments, database, answer)?,
        UserCommand::List => list(database, answer)?,
        UserCommand::Password(arguments) => {
            let account = database.read(|reader| account(reader, &arguments.login))?;
            let hash = arguments.source.read(&account.login)?;
            directory::set_password(&mut database.writer(), account.person, &hash, None)?;
            answer.line(&format!("{} has a new password", account.login))?;
            answer.json(&serde_json::json!({"login": account.login}))?;
        }
        UserCommand::ResetPassword(ResetPassword { login }) => {
            let account = database.read(|reader| account(reader, login))?;
            let given = accounts::reset_password(&mut database.writer(), &account)?;
            answer.line(&format!("{login} logs in once with {}", given.password))?;
            answer.json(&given)?;
        }
        UserCommand::Close(CloseAccount { login }) => {
            let account = database.read(|reader| account(reader, login))?;
            let ended = accounts::close(&mut database.writer(), &account)?;
            answer.line(&format!("{login} is closed; roles ended: {ended}"))?;
            answer.json(&serde_json::json!({"login": login, "ended": ended}))?;
        }
        UserCommand::Grant(ChangeRole { login, role }) => {
            let (account, grant) = chosen(database, login, role)?;
            directory::grant(&mut database.writer(), account.person, &grant)?;
            answer.line(&format!("{login} is {}", role.role.as_str()))?;
            answer.json(&grant)?;
        }
        UserCommand::Revoke(ChangeRole { login, role }) => {
            let (account, grant) = chosen(database, login, role)?;
            let mut writer = database.writer();
            let ended = directory::end_role(&mut writer, account.person, grant.role, grant.site)?;
            if ended == 0 {
                let held = format!("{login} does not hold that role; see `doorstep user list`");
                return Err(CommandError::Usage(held));
            }
            answer.line(&format!("{login} is no longer {}", role.role.as_str()))?;
            answer.json(&serde_json::json!({"ended": ended}))?;
        }
    }
    Ok(Outcome::Fine)
}

fn add(
    arguments: &AddUser,
    database: &Database,
    answer: &mut Answer<'_>,
) -> Result<(), CommandError> {
    let now = clock::now();
    // Everything that can be wrong with the command line is said before a password is asked for.
    let grants = database.read(|reader| {
        if reader.account_by_login(&arguments.login)?.is_some() {
            return Err(CommandError::Usage(format!(
                "`{}` exists already",
                arguments.login
            )));
        }
        arguments
            .roles
            .iter()
            .map(|role| role.grant(reader, now))
            .collect::<Result<Vec<_>, _>>()
    })?;
    let (login, name) = (&arguments.login, &arguments.name);
    let hash = if arguments.one_time {
        // Nobody's; the one that is told follows.
        password::hash(&password::draw_one_time())
    } else {
        arguments.source.read(login)?
    };
    let person = directory::add_account(&mut database.writer(), login, name, &hash, &grants)?;
    answer.line(&format!("added {login} ({name})"))?;
    if !arguments.one_time {
        return answer.json(&serde_json::json!({"person": person, "login": login}));
    }
    let account = database.read(|reader| account(reader, login))?;
    let given = accounts::reset_password(&mut database.writer(), &account)?;
    answer.line(&format!("{login} logs in once with {}", given.password))?;
    answer.json(&serde_json::json!({
        "person": person, "login": login, "password": given.password, "until": given.until,
    }))
}

fn list(database: &Database, answer: &mut Answer<'_>) -> Result<(), CommandError> {
    let now = clock::now();
    let (accounts, roles) = database.read(|reader| {
        let accounts = reader.accounts()?;
        let roles = accounts
            .iter()
            .map(|account| roles_of(reader, account, now))
            .collect::<Result<Vec<_>, _>>()?;
        Ok::<_, CommandError>((accounts, roles))
    })?;
    let mut all = Vec::new();
    for (account, roles) in accounts.iter().zip(roles) {
        answer.line(&format!(
            "{}\t{}\t{}",
            account.login,
            account.name,
            roles.join(", ")
        ))?;
        let person = account.person.to_string();
        all.push(Shown {
            person,
            login: &account.login,
            name: &account.name,
            roles,
        });
    }
    answer.json(&all)
}

/// Roles held now or later, as they are typed.
fn roles_of(
    reader: Reader<'_>,
    account: &Account,
    now: UnixMs,
) -> Result<Vec<String>, CommandError> {
    let sites = reader.sites()?;
    let grants = reader.grants(account.person)?;
    let live = grants
        .into_iter()
        .filter(|grant| grant.until.is_none_or(|until| now < until));
    let shown = live.map(|Grant { role, site, .. }| {
        let code = site.and_then(|id| sites.iter().find(|site| site.id == id));
        code.map_or(role.as_str().to_owned(), |site| {
            format!("{}@{}", role.as_str(), site.code)
        })
    });
    Ok(shown.collect())
}

fn chosen(
    database: &Database,
    login: &str,
    role: &RoleArgument,
) -> Result<(Account, Grant), CommandError> {
    let now = clock::now();
    database.read(|reader| Ok((account(reader, login)?, role.grant(reader, now)?)))
}

fn account(reader: Reader<'_>, login: &str) -> Result<Account, CommandError> {
    let nobody = || {
        let hint = "see `doorstep user list`";
        CommandError::Usage(format!("there is no account `{login}`; {hint}"))
    };
    reader.account_by_login(login)?.ok_or_else(nobody)
}

impl PasswordSource {
    /// Reads a new password and hashes it: from the terminal twice, without showing it.
    fn read(&self, login: &str) -> Result<String, CommandError> {
        let failed = || CommandError::io("reading the password");
        let typed = if self.password_stdin {
            let mut line = String::new();
            std::io::stdin()
                .lock()
                .read_line(&mut line)
                .map_err(failed())?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        } else {
            let typed = rpassword::prompt_password("New password: ").map_err(failed())?;
            let again = rpassword::prompt_password("Once more: ").map_err(failed())?;
            if typed != again {
                return Err(CommandError::Failed("the two are not the same".to_owned()));
            }
            typed
        };
        password::check(&typed, login).map_err(|it| CommandError::Failed(it.to_string()))?;
        Ok(password::hash(&typed))
    }
}
