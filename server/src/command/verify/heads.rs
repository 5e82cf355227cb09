//! Heads of logs that were kept elsewhere, to hold the logs against.

use std::str::FromStr;

use doorstep_domain::account::Site;
use doorstep_domain::id::SiteId;
use doorstep_domain::log::Head;

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
        Self { heads }
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
