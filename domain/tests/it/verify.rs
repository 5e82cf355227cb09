//! Every single change to a log is named: where it is and in which part.

use doorstep_domain::event::{Kind, PartName, PartState};
use doorstep_domain::hash::Hash;
use doorstep_domain::log::{Head, LoggedEvent};
use doorstep_domain::review::Verdict;
use doorstep_domain::time::SiteTime;
use doorstep_domain::verify::{Evidence, Fault, Finding, Walk};

use crate::sample::{
    LIN, SHEN, addition, decision, device, fact, genesis, log, registered, signature, site, visit,
};

struct Devices(Vec<Hash>);

impl Evidence for Devices {
    fn signed(&self, device: &Hash, message: &[u8], given: &[u8]) -> Option<bool> {
        self.0
            .contains(device)
            .then(|| signature(device, message) == given)
    }

    fn offset_fits(&self, time: SiteTime) -> bool {
        time.offset_minutes() == 480
    }
}

fn sample() -> Vec<(LoggedEvent, Hash)> {
    let visit = visit(2, "2026-11-23");
    let events = vec![
        registered(1, fact(1, true), "2026-11-02T09:00"),
        visit.clone(),
        addition(3, &visit, Kind::OpinionWritten, LIN, "请工程部查看"),
        decision(4, &visit, Verdict::Adopt, ""),
    ];
    let mut head = genesis();
    let rows = log(events).into_iter().map(|row| {
        let opened = row.event.open().unwrap();
        head = head.next(&opened.envelope_hash, row.received_at);
        (row.clone(), head.hash)
    });
    rows.collect()
}

fn faults(rows: &[(LoggedEvent, Hash)], head: Option<&Head>) -> Vec<Finding> {
    let devices = Devices(vec![device(0), device(LIN), device(SHEN)]);
    let mut walk = Walk::new(genesis(), site(), &devices).against(head.copied());
    for (row, hash) in rows {
        walk.row(row, Some(hash));
    }
    walk.finish()
}

fn only(rows: &[(LoggedEvent, Hash)]) -> (u64, Fault) {
    let found = faults(rows, None);
    assert_eq!(found.len(), 1, "{found:?}");
    (found[0].seq, found[0].fault)
}

#[test]
fn an_untouched_log_has_nothing_wrong() {
    let rows = sample();
    let head = Head {
        seq: 4,
        hash: rows[3].1,
    };
    assert_eq!(faults(&rows, Some(&head)), []);
}

#[test]
fn a_changed_part_is_named() {
    let names = [
        PartName::Fact,
        PartName::Content,
        PartName::Signing,
        PartName::Ink,
    ];
    for name in names {
        let mut rows = sample();
        let Some(PartState::Present(part)) = rows[1].0.event.parts.get_mut(&name) else {
            panic!("a visit has {name:?}")
        };
        part.body = part.body.replacen('1', "2", 1);
        assert_eq!(only(&rows), (2, Fault::Part(name)));
    }
}

#[test]
fn every_changed_part_of_a_record_is_named() {
    let mut rows = sample();
    for name in [PartName::Fact, PartName::Ink] {
        let Some(PartState::Present(part)) = rows[1].0.event.parts.get_mut(&name) else {
            panic!("a visit has {name:?}")
        };
        part.salt.0[3] ^= 1;
    }
    let named: Vec<Fault> = faults(&rows, None).iter().map(|it| it.fault).collect();
    assert_eq!(
        named,
        [Fault::Part(PartName::Fact), Fault::Part(PartName::Ink)]
    );
}

#[test]
fn what_follows_tells_a_changed_time_from_a_changed_hash() {
    for (row, head, time, hash) in [
        (2, None, Fault::ReceivedAt, Fault::Hash),
        // Nothing follows the last row but a head from elsewhere.
        (3, None, Fault::RowHash, Fault::RowHash),
        (3, Some(3), Fault::ReceivedAt, Fault::Hash),
    ] {
        let seq = row as u64 + 1;
        let head = head.map(|it: usize| Head {
            seq,
            hash: sample()[it].1,
        });
        let mut rows = sample();
        rows[row].0.received_at += 1;
        let found = faults(&rows, head.as_ref());
        assert_eq!((found[0].seq, found[0].fault), (seq, time), "{found:?}");
        assert_eq!(found.len(), 1, "{found:?}");
        let mut rows = sample();
        rows[row].1.0[0] ^= 1;
        let found = faults(&rows, head.as_ref());
        assert_eq!((found[0].seq, found[0].fault), (seq, hash), "{found:?}");
        assert_eq!(found.len(), 1, "{found:?}");
    }
}

#[test]
fn a_log_written_anew_is_not_the_one_an_earlier_head_names() {
    let rows = sample();
    // The office drops the last event and goes on with another; chain and signatures hold.
    let mut events: Vec<_> = rows.iter().map(|(row, _)| row.event.clone()).collect();
    events[3] = decision(4, &events[1].clone(), Verdict::NotAdopt, "no");
    let mut head = genesis();
    let anew: Vec<(LoggedEvent, Hash)> = log(events)
        .into_iter()
        .map(|row| {
            head = head.next(&row.event.open().unwrap().envelope_hash, row.received_at);
            (row, head.hash)
        })
        .collect();
    assert_eq!(faults(&anew, None), []);
    let kept = |place: usize| Head {
        seq: place as u64 + 1,
        hash: rows[place].1,
    };
    assert_eq!(faults(&anew, Some(&kept(2))), []);
    let found = faults(&anew, Some(&kept(3)));
    assert_eq!(
        (found.len(), found[0].seq, found[0].fault),
        (1, 4, Fault::OtherHead)
    );
}

#[test]
fn a_resigned_envelope_of_a_stranger_and_a_forged_one_are_named() {
    let mut rows = sample();
    let envelope = &mut rows[1].0.event.envelope;
    *envelope = envelope.replace("visit.recorded", "visit.voided");
    let named: Vec<Fault> = faults(&rows, None).iter().map(|it| it.fault).collect();
    assert!(
        named.contains(&Fault::Signature) && !named.contains(&Fault::RowHash),
        "{named:?}"
    );

    let mut walk_of_strangers = Vec::new();
    let nobody = Devices(vec![]);
    let mut walk = Walk::new(genesis(), site(), &nobody);
    for (row, hash) in sample() {
        walk.row(&row, Some(&hash));
    }
    walk_of_strangers.extend(walk.finish().iter().map(|it| it.fault));
    assert_eq!(walk_of_strangers, [Fault::UnknownDevice; 4]);
}

#[test]
fn removed_swapped_and_truncated_rows_are_named() {
    let mut removed = sample();
    removed.remove(1);
    assert_eq!(
        faults(&removed, None)[0].fault,
        Fault::Order { expected: 2 }
    );

    let mut swapped = sample();
    swapped.swap(1, 2);
    assert!(!faults(&swapped, None).is_empty());

    let rows = sample();
    let head = Head {
        seq: 4,
        hash: rows[3].1,
    };
    let found = faults(&rows[..3], Some(&head));
    assert_eq!(
        found.iter().map(|it| it.fault).collect::<Vec<_>>(),
        [Fault::Truncated { head: 4 }]
    );
}
