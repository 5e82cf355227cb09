//! The phrases on the demo office's list.

use doorstep_domain::event::{Kind, PartName, canonical};
use doorstep_domain::id::SubjectId;
use doorstep_domain::phrase::{PhraseFact, PhraseText};
use doorstep_domain::time::SiteTime;
use doorstep_domain::topic::Topic;

use super::phone::Note;
use crate::random;

/// Topic and words; no topic for all.
const PHRASES: [(Option<Topic>, &str); 12] = [
    (Some(Topic::Repair), "报修后等的时间太长"),
    (Some(Topic::Repair), "师傅准时，修得好"),
    (Some(Topic::Cleaning), "楼道有杂物堆放"),
    (Some(Topic::Cleaning), "车库入口有积水"),
    (Some(Topic::Cleaning), "垃圾清运不及时"),
    (Some(Topic::Security), "门禁常坏，外人随便进"),
    (Some(Topic::Security), "夜间噪声大"),
    (Some(Topic::Landscaping), "树枝挡路，请修剪"),
    (Some(Topic::Facilities), "电梯有异响"),
    (Some(Topic::Facilities), "路灯不亮"),
    (None, "无意见"),
    (None, "请尽快处理"),
];

/// Each put on the list at `at`.
pub(super) fn notes(at: SiteTime) -> impl Iterator<Item = Note> {
    // Their ids keep the order in which they are told.
    let stamps = u64::try_from(at.unix_ms()).unwrap_or(0)..;
    PHRASES
        .iter()
        .zip(stamps)
        .map(move |((topic, text), stamp)| {
            let fact = PhraseFact {
                topic: *topic,
                listed: true,
            };
            let text = PhraseText {
                text: (*text).to_owned(),
            };
            Note {
                kind: Kind::PhraseChanged,
                subject: SubjectId::mint(stamp, &random::bytes()),
                after: Vec::new(),
                at,
                parts: vec![
                    (PartName::Fact, canonical(&fact)),
                    (PartName::Content, canonical(&text)),
                ],
            }
        })
}
