//! `doorstep demo`.

use clap::Args;

use super::{Answer, CommandError, Outcome};
use crate::store::Database;

#[derive(Debug, Args)]
pub(super) struct DemoArguments {}

pub(super) fn run(
    _: &DemoArguments,
    _: &Database,
    _: &mut Answer<'_>,
) -> Result<Outcome, CommandError> {
    Ok(Outcome::Fine)
}
