//! `doorstep site add|list`.

use clap::{Args, Subcommand};

use super::{Answer, CommandError, Outcome};
use crate::directory;
use crate::store::Database;

#[derive(Debug, Subcommand)]
pub(super) enum SiteCommand {
    /// Open a site.
    #[command(
        after_help = "Example:\n  doorstep site add --code jinhaiwan --name 金海湾花园 \
                            --zone Asia/Shanghai"
    )]
    Add(AddSite),
    /// Show all sites.
    #[command(after_help = "Example:\n  doorstep site list --json")]
    List,
}

#[derive(Debug, Args)]
pub(super) struct AddSite {
    /// What people type for it: lower-case letters, digits, `.`, `_`, `-`.
    #[arg(long)]
    code: String,
    /// The name people read.
    #[arg(long)]
    name: String,
    /// Its IANA time zone; the visit rules go by its clocks.
    #[arg(long, default_value = "Asia/Shanghai")]
    zone: String,
}

pub(super) fn run(
    command: &SiteCommand,
    database: &Database,
    answer: &mut Answer<'_>,
) -> Result<Outcome, CommandError> {
    match command {
        SiteCommand::Add(AddSite { code, name, zone }) => {
            let site = directory::add_site(&mut database.writer(), code, name, zone)?;
            answer.line(&format!("opened site {code} ({name}, {zone})"))?;
            answer.json(&site)?;
        }
        SiteCommand::List => {
            let sites = database.read(|reader| {
                let sites = reader.sites()?;
                Ok::<_, CommandError>(sites)
            })?;
            for site in &sites {
                answer.line(&format!(
                    "{}\t{}\t{}\t{}",
                    site.code, site.name, site.zone, site.id
                ))?;
            }
            answer.json(&sites)?;
        }
    }
    Ok(Outcome::Fine)
}
