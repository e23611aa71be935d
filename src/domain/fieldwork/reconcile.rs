//! What becomes of a value that was captured under a lease: it is applied, it stands in conflict with what somebody else
//! wrote meanwhile (both are kept), or it waits in the tray for a person. It is never dropped.

use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

/// A right to write some fields of a task for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub id: Uuid,
    pub holder: Uuid,
    pub task: Uuid,
    pub fields: Vec<String>,
    pub expires_at: OffsetDateTime,
    pub revoked_at: Option<OffsetDateTime>,
}

/// A value captured on a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captured {
    pub lease: Uuid,
    pub task: Uuid,
    pub field: String,
    /// Version of the field as the package gave it; 0: it had no value.
    pub base: i32,
}

/// The field as it stands when the value arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// 0: it has no value.
    pub version: i32,
    /// A version after the base was written by somebody else than this lease.
    pub moved: bool,
    /// The value now is the very value that arrives.
    pub same: bool,
    pub task_ended: bool,
}

/// Why a value waits for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// What was sent is no item: something is missing or of another shape.
    Unreadable,
    /// Another value came from the same person under the same name.
    NameUsed,
    NoLease,
    OtherHolder,
    FieldNotLeased,
    Revoked,
    Late,
    TaskEnded,
    /// It does not fit the field.
    BadValue,
    /// Its base is a version that does not exist.
    BaseUnknown,
}

impl Why {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::NameUsed => "name_used",
            Self::NoLease => "no_lease",
            Self::OtherHolder => "other_holder",
            Self::FieldNotLeased => "field_not_leased",
            Self::Revoked => "revoked",
            Self::Late => "late",
            Self::TaskEnded => "task_ended",
            Self::BadValue => "bad_value",
            Self::BaseUnknown => "base_unknown",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It becomes the next version.
    Applied,
    /// It is the value that stands already; nothing is written.
    Same,
    /// It is kept beside the version that stands.
    Conflict {
        with: i32,
    },
    Tray(Why),
}

/// The fate of a value that arrives at `now` from `sender`. `fits`: it is a value of the field.
pub fn fate(
    item: &Captured,
    lease: Option<&Lease>,
    sender: Uuid,
    now: OffsetDateTime,
    fits: bool,
    stands: &Standing,
) -> Fate {
    let Some(lease) = lease.filter(|l| l.id == item.lease && l.task == item.task) else {
        return Fate::Tray(Why::NoLease);
    };
    let refused = [
        (lease.holder != sender, Why::OtherHolder),
        (!lease.fields.contains(&item.field), Why::FieldNotLeased),
        (!fits, Why::BadValue),
        (lease.revoked_at.is_some(), Why::Revoked),
        (now > lease.expires_at, Why::Late),
        (stands.task_ended, Why::TaskEnded),
        (!(0..=stands.version).contains(&item.base), Why::BaseUnknown),
    ];
    if let Some((_, why)) = refused.into_iter().find(|(hit, _)| *hit) {
        return Fate::Tray(why);
    }
    match stands {
        Standing { same: true, .. } => Fate::Same,
        Standing { moved: true, version, .. } => Fate::Conflict { with: *version },
        _ => Fate::Applied,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use time::Duration;
    use time::macros::datetime;

    const START: OffsetDateTime = datetime!(2026-10-05 01:00 UTC);
    const TASK: Uuid = Uuid::from_u128(9);

    fn worker(n: u8) -> Uuid {
        Uuid::from_u128(u128::from(n))
    }

    /// One thing that happens, at the office or far from it.
    #[derive(Debug, Clone)]
    enum Act {
        /// A package for a worker, on a device.
        Package(u8),
        /// A value is captured on a device, far from any line.
        Capture(u8, u8, u16),
        /// A device finds a line; `true`: the answer is lost, so it keeps what it has and sends it again.
        Sync(u8, bool),
        /// Somebody at the office writes.
        Office(u8, u16),
        Revoke(u8),
        Wait(i64),
        End,
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            3 => (0u8..3).prop_map(Act::Package),
            6 => (0u8..3, 0u8..3, any::<u16>()).prop_map(|(w, f, v)| Act::Capture(w, f, v)),
            4 => (0u8..3, any::<bool>()).prop_map(|(w, lost)| Act::Sync(w, lost)),
            2 => (0u8..3, any::<u16>()).prop_map(|(f, v)| Act::Office(f, v)),
            1 => (0u8..3).prop_map(Act::Revoke),
            2 => (1i64..400).prop_map(Act::Wait),
            1 => Just(Act::End),
        ]
    }

    #[derive(Default)]
    struct Device {
        lease: Option<(Uuid, Vec<i32>)>,
        outbox: Vec<(Uuid, Captured, u16)>,
    }

    /// A plain model of the office.
    #[derive(Default)]
    struct Office {
        leases: BTreeMap<Uuid, Lease>,
        /// Versions of each field: value, and the lease it came under.
        fields: [Vec<(u16, Option<Uuid>)>; 3],
        ended: bool,
        received: BTreeMap<Uuid, Fate>,
        conflicts: Vec<(Uuid, u16)>,
        tray: Vec<(Uuid, u16)>,
        applied: Vec<(Uuid, u16)>,
    }

    impl Office {
        fn receive(&mut self, id: Uuid, item: &Captured, value: u16, sender: Uuid, now: OffsetDateTime) {
            if self.received.contains_key(&id) {
                return;
            }
            let n: usize = item.field.parse().unwrap();
            let held = &self.fields[n];
            let since = held.iter().skip(usize::try_from(item.base).unwrap_or(usize::MAX));
            let stands = Standing {
                version: held.len() as i32,
                moved: since.clone().any(|(_, lease)| *lease != Some(item.lease)),
                same: held.last().is_some_and(|(v, _)| *v == value),
                task_ended: self.ended,
            };
            let fate = fate(item, self.leases.get(&item.lease), sender, now, true, &stands);
            match fate {
                Fate::Applied => {
                    self.fields[n].push((value, Some(item.lease)));
                    self.applied.push((id, value));
                }
                Fate::Same => self.applied.push((id, value)),
                Fate::Conflict { .. } => self.conflicts.push((id, value)),
                Fate::Tray(_) => self.tray.push((id, value)),
            }
            self.received.insert(id, fate);
        }
    }

    proptest! {
        /// The promise: whatever the order in which people write with and without a line, each captured value that was sent
        /// is in the record, in a conflict or in the tray, once; and what the office wrote is never written over unseen.
        #[test]
        fn every_captured_value_is_in_the_record_in_a_conflict_or_in_the_tray(acts in prop::collection::vec(act(), 1..120)) {
            let (mut office, mut now, mut next) = (Office::default(), START, 100u128);
            let mut devices: [Device; 3] = Default::default();
            let mut captured = BTreeMap::new();
            for act in acts {
                next += 1;
                match act {
                    Act::Package(w) => {
                        let lease = Lease { id: Uuid::from_u128(next), holder: worker(w), task: TASK,
                            fields: ["0", "1", "2"].map(str::to_owned).to_vec(), expires_at: now + Duration::minutes(600), revoked_at: None };
                        let bases = office.fields.iter().map(|f| f.len() as i32).collect();
                        devices[usize::from(w)].lease = Some((lease.id, bases));
                        office.leases.insert(lease.id, lease);
                    }
                    Act::Capture(w, f, value) => {
                        let device = &mut devices[usize::from(w)];
                        let Some((lease, bases)) = &device.lease else { continue };
                        let item = Captured { lease: *lease, task: TASK, field: f.to_string(), base: bases[usize::from(f)] };
                        captured.insert(Uuid::from_u128(next), value);
                        device.outbox.push((Uuid::from_u128(next), item, value));
                    }
                    Act::Sync(w, lost) => {
                        let device = &mut devices[usize::from(w)];
                        for (id, item, value) in &device.outbox {
                            office.receive(*id, item, *value, worker(w), now);
                        }
                        if !lost {
                            device.outbox.clear();
                        }
                    }
                    Act::Office(f, value) => office.fields[usize::from(f)].push((value, None)),
                    Act::Revoke(w) => {
                        office.leases.values_mut().filter(|l| l.holder == worker(w)).for_each(|l| l.revoked_at = Some(now));
                    }
                    Act::Wait(minutes) => now += Duration::minutes(minutes),
                    Act::End => office.ended = true,
                }
            }
            for (w, device) in devices.iter().enumerate() {
                for (id, item, value) in &device.outbox {
                    office.receive(*id, item, *value, worker(w as u8), now);
                }
            }
            let mut kept: Vec<(Uuid, u16)> = [&office.applied, &office.conflicts, &office.tray].into_iter().flatten().copied().collect();
            kept.sort();
            prop_assert_eq!(kept, captured.into_iter().collect::<Vec<_>>(), "each once, none lost");
            for (id, value) in &office.applied {
                let field = office.fields.iter().any(|f| f.iter().any(|(v, _)| v == value));
                prop_assert!(field, "{} says applied and is not in the record", id);
            }
        }
    }

    #[test]
    fn each_refusal_has_its_reason_and_a_conflict_names_what_it_stands_against() {
        let lease = Lease {
            id: Uuid::from_u128(1),
            holder: worker(1),
            task: TASK,
            fields: vec!["area".into()],
            expires_at: START + Duration::hours(1),
            revoked_at: None,
        };
        let item = Captured { lease: lease.id, task: TASK, field: "area".into(), base: 1 };
        let stands = Standing { version: 1, moved: false, same: false, task_ended: false };
        let at = |lease: Option<&Lease>, item: &Captured, stands: &Standing| {
            fate(item, lease, worker(1), START + Duration::minutes(5), true, stands)
        };
        assert_eq!(at(Some(&lease), &item, &stands), Fate::Applied);
        let moved = Standing { version: 3, moved: true, ..stands.clone() };
        assert_eq!(at(Some(&lease), &item, &moved), Fate::Conflict { with: 3 });
        assert_eq!(at(Some(&lease), &item, &Standing { same: true, ..moved }), Fate::Same, "two who agree");
        assert_eq!(at(None, &item, &stands), Fate::Tray(Why::NoLease));
        let revoked = Lease { revoked_at: Some(START), ..lease.clone() };
        assert_eq!(at(Some(&revoked), &item, &stands), Fate::Tray(Why::Revoked));
        let other = Captured { field: "owner".into(), ..item.clone() };
        assert_eq!(at(Some(&lease), &other, &stands), Fate::Tray(Why::FieldNotLeased));
        let strange = Captured { base: 2, ..item.clone() };
        assert_eq!(at(Some(&lease), &strange, &stands), Fate::Tray(Why::BaseUnknown));
        let ended = Standing { task_ended: true, ..stands.clone() };
        assert_eq!(at(Some(&lease), &item, &ended), Fate::Tray(Why::TaskEnded));
        let late = fate(&item, Some(&lease), worker(1), lease.expires_at + Duration::SECOND, true, &stands);
        assert_eq!(late, Fate::Tray(Why::Late));
        assert_eq!(fate(&item, Some(&lease), worker(2), START, true, &stands), Fate::Tray(Why::OtherHolder));
        assert_eq!(fate(&item, Some(&lease), worker(1), START, false, &stands), Fate::Tray(Why::BadValue));
    }
}
