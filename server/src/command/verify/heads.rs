//! Heads of logs that were kept elsewhere, to hold the logs against.

use std::fs;
use std::path::Path;
use std::str::FromStr;

use doorstep_domain::account::Site;
use doorstep_domain::event::Event;
use doorstep_domain::heads::{self, FORMAT, Heads, Stated};
use doorstep_domain::id::SiteId;
use doorstep_domain::log::Head;
use doorstep_domain::verify::Evidence;

use super::ORGANISATION;
use crate::command::CommandError;
use crate::keyring::KeyRing;

/// A head and whose it is.
#[derive(Debug, Clone)]
pub(super) struct KnownHead {
    /// A site's code or id, or `organisation`.
    log: String,
    head: Head,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct KnownHeads {
    heads: Vec<KnownHead>,
    /// The office's statements they were taken from, where they were.
    statements: Vec<Event>,
}

impl FromStr for KnownHead {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let mut fields = text.splitn(3, ':');
            let log = fields.next().filter(|log| !log.is_empty())?.to_owned();
            let seq = fields.next()?.parse().ok()?;
            let hash = fields.next()?.parse().ok()?;
            Some(Self {
                log,
                head: Head { seq, hash },
            })
        };
        read().ok_or("write it as SITE:SEQ:HASH, the hash as `doorstep verify` shows it")
    }
}

impl KnownHeads {
    pub(super) fn new(heads: Vec<KnownHead>) -> Self {
        Self {
            heads,
            statements: Vec::new(),
        }
    }

    /// Takes in what `GET /api/v1/heads` gave: of each statement the site's head, and that of the
    /// organisation's log, which the statement itself is the end of.
    pub(super) fn keep(&mut self, file: &Path) -> Result<(), CommandError> {
        let name = file.display();
        let bytes = fs::read(file).map_err(CommandError::io(format!("reading {name}")))?;
        let no_statements = |why: &str| {
            CommandError::Failed(format!(
                "{name} is no file of the office's statements: {why}"
            ))
        };
        let heads: Heads =
            serde_json::from_slice(&bytes).map_err(|error| no_statements(&error.to_string()))?;
        if heads.format != FORMAT {
            return Err(no_statements(&format!("it is not of the form {FORMAT}")));
        }
        for statement in heads.statements {
            let Some(stated) = heads::read(&statement.event) else {
                return Err(no_statements("a statement in it was changed"));
            };
            let known = |log: String, head| KnownHead { log, head };
            self.heads.push(known(stated.site.to_string(), stated.head));
            let Stated { seq, hash, .. } = statement;
            let own = known(ORGANISATION.to_owned(), Head { seq, hash });
            self.heads.push(own);
            self.statements.push(statement.event);
        }
        Ok(())
    }

    /// The same with what the organisation's log itself states.
    pub(super) fn and_stated(&self, stated: &[(SiteId, Head)]) -> Self {
        let stated = stated.iter().map(|(site, head)| KnownHead {
            log: site.to_string(),
            head: *head,
        });
        Self {
            heads: self.heads.iter().cloned().chain(stated).collect(),
            statements: self.statements.clone(),
        }
    }

    /// What is wrong with the statements: those that no key of the organisation's log signed.
    pub(super) fn unsigned(&self, keys: &KeyRing) -> Vec<(String, String)> {
        let evidence = keys.evidence(None);
        let signed = |event: &Event| {
            let opened = event.open().ok()?;
            let (signature, input) = opened.signature()?;
            evidence.signed(&opened.envelope.device, &input, &signature)
        };
        let unsigned = self.statements.iter().filter(|it| signed(it) != Some(true));
        let fault = |event: &Event| {
            let id = event.read_envelope().map(|it| it.id.to_string());
            let id = id.unwrap_or_default();
            let fault = format!("the statement {id} was not signed by a key of this organisation");
            ("signature".to_owned(), fault)
        };
        unsigned.map(fault).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// Those of the log that people call `name`.
    pub(super) fn of(&self, name: &str, log: SiteId) -> impl Iterator<Item = Head> {
        let id = log.to_string();
        let of_log = self
            .heads
            .iter()
            .filter(move |it| it.log == name || it.log == id);
        of_log.map(|it| it.head)
    }

    /// Where a log is named that is not among `logs`: what is wrong, for an answer.
    pub(super) fn missing(&self, logs: &[&str], sites: &[Site]) -> Vec<(String, String)> {
        let here = |named: &str| {
            let mut of_sites = sites.iter().filter(|site| site.id.to_string() == named);
            logs.contains(&named) || of_sites.any(|site| logs.contains(&site.code.as_str()))
        };
        let gone = self
            .heads
            .iter()
            .filter(|it| it.head.seq > 0 && !here(&it.log));
        gone.map(|it| {
            let (log, seq) = (&it.log, it.head.seq);
            let fault = format!("there is no log of `{log}`, of which a head names event {seq}");
            ("event".to_owned(), fault)
        })
        .collect()
    }
}
