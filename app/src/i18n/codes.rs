//! Words for the domain's codes, in exhaustive matches, so that a new code stops the build here.
//! Not the codes' meaning: the domain decides, this file only names.

use doorstep_domain::language::Language;
use doorstep_domain::policy::Role;

use super::t;

/// The post's name (regulations, "Words").
pub fn role(lang: Language, role: Role) -> &'static str {
    match role {
        Role::Steward => t::role_steward(lang),
        Role::Supervisor => t::role_supervisor(lang),
        Role::Director => t::role_director(lang),
        Role::Operations => t::role_operations(lang),
        Role::ComplaintCentre => t::role_complaint_centre(lang),
        Role::Quality => t::role_quality(lang),
        Role::Executive => t::role_executive(lang),
        Role::Finance => t::role_finance(lang),
        Role::Admin => t::role_admin(lang),
        Role::Office => t::role_office(lang),
    }
}
