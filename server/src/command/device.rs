//! `doorstep device list|revoke`.

use clap::{Args, Subcommand};
use doorstep_domain::account::{Contact, Device as Known};

use super::{Answer, CommandError, Outcome};
use crate::store::{Database, Device};
use crate::{clock, directory};

#[derive(Debug, Subcommand)]
pub(super) enum DeviceCommand {
    /// Show all devices with what they last told.
    #[command(after_help = "Example:\n  doorstep device list --json")]
    List,
    /// Revoke a device: its log-in ends at once and nothing it signs is accepted any more.
    #[command(after_help = "Example:\n  doorstep device revoke 47DEQpj8")]
    Revoke(RevokeDevice),
}

#[derive(Debug, Args)]
pub(super) struct RevokeDevice {
    /// The device's id as `doorstep device list` shows it, or its first 6 or more characters.
    // One in 64 ids begins with a hyphen.
    #[arg(allow_hyphen_values = true)]
    device: String,
}

pub(super) fn run(
    command: &DeviceCommand,
    database: &Database,
    answer: &mut Answer<'_>,
) -> Result<Outcome, CommandError> {
    match command {
        DeviceCommand::List => {
            let devices = database.read(|reader| reader.known_devices(None, clock::now()))?;
            list(&devices, answer)?;
        }
        DeviceCommand::Revoke(RevokeDevice { device }) => {
            let devices = database.read(|reader| Ok::<_, CommandError>(reader.devices()?))?;
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

fn list(devices: &[Known], answer: &mut Answer<'_>) -> Result<(), CommandError> {
    for device in devices {
        let state = match (&device.revoked_at, &device.session) {
            (Some(_), _) => "revoked",
            (None, Some(_)) => "logged in",
            (None, None) => "logged out",
        };
        let (id, login, label) = (&device.device, &device.login, &device.label);
        let told = device.contact.as_ref().map_or_else(String::new, told);
        answer.line(&format!("{id}\t{login}\t{state}\t{label}{told}"))?;
    }
    answer.json(&devices)
}

/// What a device told last, and when.
fn told(contact: &Contact) -> String {
    let Contact { at, build, unsent } = contact;
    let at = clock::at_site(*at, chrono_tz::UTC).map_or_else(String::new, |at| at.to_string());
    format!("\t{unsent} unsent as of {at}, build {build}")
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
