//! `doorstep device list|revoke`.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::{Answer, CommandError, Outcome};
use crate::directory;
use crate::store::{Account, Database, Device};

#[derive(Debug, Subcommand)]
pub(super) enum DeviceCommand {
    /// Show all devices.
    #[command(after_help = "Example:\n  doorstep device list --json")]
    List,
    /// Revoke a device: its log-in ends at once and nothing it signs is accepted any more.
    #[command(after_help = "Example:\n  doorstep device revoke 47DEQpj8")]
    Revoke(RevokeDevice),
}

#[derive(Debug, Args)]
pub(super) struct RevokeDevice {
    /// The device's id as `doorstep device list` shows it, or its first 6 or more characters.
    device: String,
}

/// A device as shown.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    device: String,
    login: &'a str,
    label: &'a str,
    enrolled_at: i64,
    revoked_at: Option<i64>,
}

pub(super) fn run(
    command: &DeviceCommand,
    database: &Database,
    answer: &mut Answer<'_>,
) -> Result<Outcome, CommandError> {
    let (devices, accounts) =
        database.read(|reader| Ok::<_, CommandError>((reader.devices()?, reader.accounts()?)))?;
    match command {
        DeviceCommand::List => list(&devices, &accounts, answer)?,
        DeviceCommand::Revoke(RevokeDevice { device }) => {
            let device = one(&devices, device)?;
            if !directory::revoke_device(&mut database.writer(), device)? {
                return Err(CommandError::Failed("it is revoked already".to_owned()));
            }
            answer.line(&format!("revoked {} ({})", device.id, device.label))?;
            answer.json(&serde_json::json!({"revoked": device.id}))?;
        }
    }
    Ok(Outcome::Fine)
}

fn list(
    devices: &[Device],
    accounts: &[Account],
    answer: &mut Answer<'_>,
) -> Result<(), CommandError> {
    let mut all = Vec::new();
    for device in devices {
        let owner = accounts
            .iter()
            .find(|account| account.person == device.person);
        let login = owner.map_or("?", |account| account.login.as_str());
        let state = if device.revoked_at.is_some() {
            "revoked"
        } else {
            "enrolled"
        };
        answer.line(&format!(
            "{}\t{login}\t{state}\t{}",
            device.id, device.label
        ))?;
        all.push(Shown {
            device: device.id.to_string(),
            login,
            label: &device.label,
            enrolled_at: device.enrolled_at,
            revoked_at: device.revoked_at,
        });
    }
    answer.json(&all)
}

fn one<'a>(devices: &'a [Device], shown: &str) -> Result<&'a Device, CommandError> {
    let mut found = devices
        .iter()
        .filter(|device| directory::matches_device(&device.id, shown));
    match (found.next(), found.next()) {
        (Some(device), None) => Ok(device),
        (None, _) => {
            let hint = "see `doorstep device list`; at least 6 characters";
            Err(CommandError::Usage(format!(
                "no device is called `{shown}`; {hint}"
            )))
        }
        (Some(_), Some(_)) => Err(CommandError::Usage(format!(
            "several devices begin with `{shown}`: write more"
        ))),
    }
}
