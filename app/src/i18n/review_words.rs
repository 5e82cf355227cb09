//! Words for what is said of a record in review: the parts of it, and who did something.
//! Not the codes' meaning, which is the domain's.

use doorstep_domain::event::PartName;
use doorstep_domain::language::Language;
use doorstep_domain::policy::Role;

use super::{role, t};

/// A part of a record, where it is not as it was signed.
pub fn part(lang: Language, part: PartName) -> &'static str {
    match part {
        PartName::Fact => t::part_fact(lang),
        PartName::Content => t::part_content(lang),
        PartName::Signing => t::part_signing(lang),
        PartName::Ink => t::part_ink(lang),
        PartName::Private => t::part_private(lang),
    }
}

/// Somebody by post and, where this phone knows it, name.
pub fn who(lang: Language, post: Role, name: Option<&str>) -> String {
    match name {
        Some(name) => [role(lang, post), " ", name].concat(),
        None => role(lang, post).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use doorstep_domain::language::Language::Chinese;

    use super::*;

    #[test]
    fn a_person_without_a_known_name_is_told_by_post() {
        assert_eq!(
            who(Chinese, Role::Director, Some("沈国梁")),
            "管理处主任 沈国梁"
        );
        assert_eq!(who(Chinese, Role::Director, None), "管理处主任");
    }
}
