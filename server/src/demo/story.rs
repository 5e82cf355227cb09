//! What the demo's visits were: a table. When and where they were is [`super::visits`]'.

use doorstep_domain::topic::{Satisfaction, Topic};
use doorstep_domain::visit::{Outcome, Purpose, SigningOutcome, Way};

/// A visit to tell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Story {
    /// Who went: a log-in name.
    pub(super) visitor: &'static str,
    /// When it began on the site's clocks, hour and minute.
    pub(super) at: (u32, u32),
    /// How long it took.
    pub(super) minutes: i64,
    pub(super) way: Way,
    pub(super) purpose: Purpose,
    pub(super) outcome: Outcome,
    /// How the owner's page ended, where somebody was met.
    pub(super) signing: SigningOutcome,
    /// Whether it was agreed beforehand.
    pub(super) agreed: bool,
    /// Topic, mark, words, and whether an answer is wanted.
    pub(super) heard: &'static [(Topic, Option<Satisfaction>, &'static str, bool)],
    /// A photo of the first topic that has words.
    pub(super) photo: Option<StoryPhoto>,
    pub(super) conclusion: &'static str,
    /// The reason R3.6 asks for.
    pub(super) reason: &'static str,
    /// Staff's own note (R3.7).
    pub(super) private: &'static str,
    /// The supervisor's opinion on it (R3.8), if she has written one.
    pub(super) opinion: Option<&'static str>,
    /// The director's decision on its first opinion that calls for one (R3.9): adopted, and the
    /// reason.
    pub(super) decision: Option<(bool, &'static str)>,
    /// What was done by the next day about the first opinion that wants an answer, and what the
    /// owner was told on the phone (R3.10), if they have been.
    pub(super) answer: Option<(&'static str, &'static str)>,
}

/// A photo as JPEG.
#[derive(Debug, Clone, Copy)]
pub(super) struct StoryPhoto {
    pub(super) bytes: &'static [u8],
    /// Width and height in pixels.
    pub(super) size: (u16, u16),
}

/// Drawn, not taken: water on the floor of a garage.
const PUDDLE: StoryPhoto = StoryPhoto {
    bytes: include_bytes!("puddle.jpg"),
    size: (1_280, 960),
};

/// A door visit by the steward that went as it should.
const USUAL: Story = Story {
    visitor: "zhou",
    at: (15, 0),
    minutes: 14,
    way: Way::Door,
    purpose: Purpose::Visit,
    outcome: Outcome::Met,
    signing: SigningOutcome::Signed,
    agreed: true,
    heard: &[],
    photo: None,
    conclusion: "",
    reason: "",
    private: "",
    opinion: None,
    decision: None,
    answer: None,
};

const GOOD: Option<Satisfaction> = Some(Satisfaction::Satisfied);
const FAIR: Option<Satisfaction> = Some(Satisfaction::MostlySatisfied);
const BAD: Option<Satisfaction> = Some(Satisfaction::Dissatisfied);

/// The visits, the latest first.
pub(super) const STORIES: [Story; 16] = [
    Story {
        visitor: "lin",
        heard: &[
            (Topic::Security, GOOD, "", false),
            (
                Topic::Cleaning,
                BAD,
                "地下车库入口雨后两三天仍有积水，老人走过时滑了一下。",
                true,
            ),
            (
                Topic::Landscaping,
                FAIR,
                "桂花树下的灌木长到路上来了。",
                false,
            ),
        ],
        photo: Some(PUDDLE),
        conclusion: "车库积水请工程部查看排水沟，周五前答复业主。",
        decision: None,
        ..USUAL
    },
    Story {
        at: (10, 30),
        heard: &[
            (Topic::Repair, GOOD, "水管师傅半小时就到了，很专业。", false),
            (Topic::Management, GOOD, "", false),
        ],
        conclusion: "业主对维修及时性表示满意。",
        opinion: Some("情况属实，已在班组例会上表扬。"),
        ..USUAL
    },
    Story {
        at: (19, 10),
        minutes: 3,
        outcome: Outcome::NobodyHome,
        ..USUAL
    },
    Story {
        visitor: "lin",
        at: (16, 20),
        minutes: 22,
        heard: &[
            (
                Topic::Facilities,
                BAD,
                "儿童滑梯的护栏松动，孩子多的时候不安全。",
                true,
            ),
            (Topic::Culture, FAIR, "希望周末多办亲子活动。", false),
        ],
        conclusion: "滑梯先围挡停用，等待维修。",
        decision: Some((true, "")),
        ..USUAL
    },
    Story {
        at: (11, 0),
        signing: SigningOutcome::Declined,
        heard: &[(
            Topic::Security,
            BAD,
            "快递员可以随便进楼，门禁形同虚设。",
            true,
        )],
        conclusion: "业主不愿签字，意见已记录。",
        private: "业主近期与邻居有纠纷，情绪较激动，下次由主管陪同上门。",
        opinion: Some("门禁问题反映较多，建议恢复访客登记。"),
        decision: Some((true, "")),
        ..USUAL
    },
    Story {
        visitor: "lin",
        at: (14, 40),
        way: Way::Phone,
        signing: SigningOutcome::NotPresent,
        heard: &[(
            Topic::Convenience,
            FAIR,
            "希望代收快递延长到晚上九点。",
            false,
        )],
        conclusion: "电话回访，业主在外地。",
        decision: Some((
            false,
            "代收点营业时间由经营方决定，已转告；夜间可使用快递柜。",
        )),
        ..USUAL
    },
    Story {
        at: (18, 30),
        signing: SigningOutcome::SomeoneElse,
        heard: &[(Topic::Cleaning, GOOD, "楼道每天都有人拖，很干净。", false)],
        conclusion: "业主上班未归，由家人接待。",
        ..USUAL
    },
    Story {
        at: (9, 40),
        way: Way::Office,
        agreed: false,
        heard: &[(
            Topic::Difficulties,
            None,
            "家中老人独居，希望管家每周电话问候一次。",
            true,
        )],
        conclusion: "已列入关爱名单，每周一致电。",
        private: "老人听力不好，电话需多响一会儿。",
        opinion: Some("请周建负责，每周记录。"),
        decision: Some((true, "")),
        answer: Some((
            "已列入关爱名单，每周一上午致电。",
            "每周一由管家致电问候，有事可随时找管家。",
        )),
        ..USUAL
    },
    Story {
        visitor: "lin",
        at: (22, 10),
        minutes: 12,
        heard: &[(
            Topic::Security,
            FAIR,
            "夜间楼下聚会声音大，影响孩子睡觉。",
            true,
        )],
        reason: "业主当晚来电投诉噪声，要求立即上门。",
        conclusion: "已劝离聚会人员，通知夜班加强巡逻。",
        answer: Some(("", "夜班已加一次二十二点后的巡逻，昨晚没有再聚集。")),
        ..USUAL
    },
    Story {
        at: (15, 30),
        outcome: Outcome::ConsentRefused,
        minutes: 2,
        conclusion: "业主正在会客，约改日再访。",
        ..USUAL
    },
    Story {
        at: (10, 0),
        signing: SigningOutcome::OnPaper,
        heard: &[
            (Topic::Landscaping, GOOD, "", false),
            (Topic::Other, None, "建议在电梯里张贴停水通知。", false),
        ],
        conclusion: "业主习惯纸质签名，原件已归档。",
        ..USUAL
    },
    Story {
        visitor: "lin",
        at: (16, 0),
        purpose: Purpose::ReturnVisit,
        heard: &[(Topic::Repair, GOOD, "漏水已修好，没有再渗。", false)],
        conclusion: "投诉回访：问题已解决，业主满意。",
        ..USUAL
    },
    Story {
        at: (17, 15),
        agreed: false,
        reason: "送达装修许可时顺访，业主当场同意。",
        heard: &[(Topic::Management, FAIR, "装修押金退还太慢。", true)],
        conclusion: "已转财务核实押金退还进度。",
        answer: Some(("财务已核实，押金材料齐全。", "押金三个工作日内退回原账户。")),
        ..USUAL
    },
    Story {
        at: (11, 20),
        way: Way::Outdoors,
        agreed: false,
        heard: &[(
            Topic::Culture,
            GOOD,
            "中秋灯会办得好，老人孩子都喜欢。",
            false,
        )],
        conclusion: "在中心花园与业主交谈。",
        ..USUAL
    },
    Story {
        visitor: "lin",
        at: (15, 45),
        minutes: 31,
        purpose: Purpose::Interview,
        heard: &[
            (
                Topic::Security,
                FAIR,
                "地面停车混乱，消防通道常被占。",
                true,
            ),
            (Topic::Management, GOOD, "沟通比以前顺畅多了。", false),
        ],
        conclusion: "重点客户访谈，建议重新划线并增设隔离桩。",
        opinion: None,
        ..USUAL
    },
    Story {
        at: (9, 30),
        heard: &[(Topic::Convenience, GOOD, "", false)],
        conclusion: "业主无意见。",
        ..USUAL
    },
];
