//! The log of refusals: what was refused to whom and why, for whoever looks after the office. Not
//! the phones' copy of it: they are answered, and keep what was refused. No personal data but who
//! asked: of a request only the codes are kept, of an address only its network.

use std::net::{IpAddr, Ipv6Addr};

use doorstep_domain::hash::Hash;
use doorstep_domain::id::PersonId;
use doorstep_domain::sync::wire::{Params, Problem, Refusal};
use doorstep_domain::time::UnixMs;
use serde::Serialize;

/// Most rows kept of people who are known.
pub const ROWS_MAX: i64 = 20_000;
/// Most rows kept of nobody known, apart from the others: strangers push out only what strangers did.
pub const STRANGERS_ROWS_MAX: i64 = 5_000;
/// How long a row is kept: 90 days.
pub const KEPT_MS: UnixMs = 90 * 24 * 60 * 60 * 1_000;

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Server time.
    pub at: UnixMs,
    /// Whom, when it is known.
    pub person: Option<PersonId>,
    /// On which device, when it is known.
    pub device: Option<Hash>,
    /// The network of the address: its first 24 bits, of IPv6 the first 48.
    pub network: String,
    /// The route: method and path, with its braces; `item` added for a pushed item.
    pub address: String,
    /// A problem's or a refusal's code.
    pub code: String,
    /// What a sentence about it needs.
    pub params: Params,
}

/// Beside the response to a sync: the items that were refused.
#[derive(Debug, Clone)]
pub(crate) struct Items(pub(crate) Vec<Refusal>);

/// Who was refused something, where.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) at: UnixMs,
    pub(crate) person: Option<PersonId>,
    pub(crate) device: Option<Hash>,
    pub(crate) network: String,
    pub(crate) address: String,
}

impl Asked {
    /// A request that was refused as a whole.
    pub(crate) fn problem(&self, problem: &Problem) -> Refused {
        self.row("", problem.code.as_str(), &problem.params)
    }

    /// One pushed item that was.
    pub(crate) fn item(&self, refusal: &Refusal) -> Refused {
        self.row(" item", refusal.code.as_str(), &refusal.params)
    }

    fn row(&self, what: &str, code: &str, params: &Params) -> Refused {
        Refused {
            at: self.at,
            person: self.person,
            device: self.device,
            network: self.network.clone(),
            address: format!("{}{what}", self.address),
            code: code.to_owned(),
            params: params.clone(),
        }
    }
}

/// The network an address belongs to, without what tells one subscriber from another.
pub(crate) fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_as_its_network() {
        for (address, kept) in [
            ("192.0.2.77", "192.0.2.0/24"),
            ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ] {
            assert_eq!(network(address.parse().unwrap()), kept);
        }
    }
}
