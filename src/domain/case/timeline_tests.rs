use super::super::event::tests::samples;
use super::*;
use time::macros::datetime;

fn event(what: Happened) -> Event {
    Event { seq: 1, at: datetime!(2026-10-05 02:00 UTC), actor: "lan".into(), what }
}

/// Every kind has words in both languages, for both views, and no word speaks of what its reader may not see.
#[test]
fn every_kind_can_be_told() {
    for lang in [Lang::Vi, Lang::En] {
        for view in [View::Staff, View::Customer] {
            for what in samples(Uuid::from_u128(7)) {
                let kind = what.kind();
                let Some(line) = line(&event(what), &Names::new(), view, lang) else { continue };
                let whole = format!("{} {:?} {:?}", line.what, line.why, line.next);
                assert!(!whole.contains('{') && !whole.contains("event-"), "{lang:?} {view:?} {kind}: {whole}");
            }
        }
    }
}

/// Who is told something is told who acts next; only where nothing is left to do is nothing said.
#[test]
fn a_word_to_a_customer_says_what_comes_next() {
    let last = ["payment_received", "obligation_dropped", "personal_data_erased", "ended"];
    for what in samples(Uuid::from_u128(7)).into_iter().filter(|w| w.owed().contains(&super::super::Owed::Customer)) {
        for lang in [Lang::Vi, Lang::En] {
            let kind = what.kind();
            let line = line(&event(what.clone()), &Names::new(), View::Customer, lang).unwrap();
            assert_eq!(line.next.is_none(), last.contains(&kind.as_str()), "{lang:?} {kind}: {:?}", line.next);
        }
    }
}

#[test]
fn customers_see_what_why_who_next_and_by_when() {
    let what = Happened::PapersRequested {
        request: Uuid::from_u128(1),
        round: 1,
        items: vec![Uuid::from_u128(2)],
        due: time::macros::date!(2026 - 10 - 20),
    };
    let line = line(&event(what), &Names::new(), View::Customer, Lang::En).unwrap();
    assert_eq!(line.what, "We asked for papers (round 1).");
    assert!(line.why.unwrap().contains("asked once"));
    assert_eq!((line.who.as_str(), line.by), ("We", Some(time::macros::date!(2026 - 10 - 20))));
    assert_eq!(line.next.unwrap(), "Please send the papers on the list.");
    assert!(!line.data.contains_key("items"));
    let inner = Happened::TaskAssigned { task: Uuid::nil(), task_kind: "visit".into(), assignee: Uuid::nil() };
    assert!(super::line(&event(inner.clone()), &Names::new(), View::Customer, Lang::En).is_none());
    assert_eq!(super::line(&event(inner), &Names::new(), View::Staff, Lang::En).unwrap().who, "lan");
}

#[test]
fn people_read_words_and_no_codes() {
    let told = |what, lang| line(&event(what), &Names::new(), View::Customer, lang).unwrap().what;
    for (what, word) in
        [("processing", "xử lý dữ liệu cá nhân"), ("contact", "được liên hệ"), ("parcel_watch", "theo dõi thửa đất")]
    {
        let given = Happened::ConsentGiven { consent: Uuid::nil(), what: what.into() };
        assert_eq!(told(given, Lang::Vi), format!("Đã đồng ý: {word}."));
    }
    let opened = Happened::Opened { channel: super::super::event::Channel::Hotline, procedures: vec![] };
    assert_eq!(told(opened, Lang::Vi), "Đã mở hồ sơ: chưa chọn thủ tục.");

    let named = Names::from([("vpdk.mau".to_owned(), "Văn phòng Đăng ký Mẫu".to_owned())]);
    let asked = |agency: &str| Happened::AgencyAskedMore {
        submission: Uuid::nil(),
        agency: agency.into(),
        on: Some(time::macros::date!(2026 - 10 - 5)),
    };
    let told = |agency| line(&event(asked(agency)), &named, View::Customer, Lang::Vi).unwrap().what;
    let lan = Uuid::from_u128(3);
    let staff = Names::from([(lan.to_string(), "lan".to_owned())]);
    let inner = |what, lang| line(&event(what), &staff, View::Staff, lang).unwrap();
    let assigned = Happened::TaskAssigned { task: Uuid::nil(), task_kind: "submit_dossier".into(), assignee: lan };
    assert_eq!(inner(assigned, Lang::Vi).what, "Đã giao nhiệm vụ cho lan: Nộp hồ sơ.");
    let escalated =
        Happened::TaskEscalated { task: Uuid::nil(), task_kind: "submit_dossier".into(), role: "manager".into() };
    assert_eq!(inner(escalated, Lang::Vi).what, "Đã báo quản lý xem xét nhiệm vụ: Nộp hồ sơ.");
    let (topic, due) = ("neighbour_objects".to_owned(), time::macros::date!(2026 - 10 - 9));
    let raised = Happened::IssueRaised { issue: Uuid::nil(), topic, owner: lan, due };
    assert_eq!(inner(raised, Lang::Vi).what, "Có vướng mắc: chủ liền kề phản đối; lan giải quyết.");
    let returned =
        Happened::ReviewReturned { review: Uuid::nil(), faults: vec!["papers_complete".into(), "tasks".into()] };
    assert_eq!(
        inner(returned, Lang::En).what,
        "The review was not passed on these points: Papers are complete, No task is open."
    );
    let clock = "step.execution".to_owned();
    let warned = Happened::DeadlineWarned { clock, deadline: due, left: 1, role: format!("staff:{lan}") };
    assert_eq!(inner(warned, Lang::Vi).what, "Sắp đến hạn: bước Thực hiện, 09/10/2026; người được giao xem xét.");
    let owed = Happened::ObligationNoticed { obligation: lan, what: "notary_fee".into(), amount: None, due: None };
    assert!(inner(owed, Lang::Vi).next.unwrap().contains("khi có thông báo"), "no day was named");
    let paper = Happened::PaperAdded { paper: lan, version: 1, paper_kind: "other".into(), complete: true };
    assert_eq!(inner(paper, Lang::Vi).what, "Đã nhận giấy tờ: giấy tờ khác.");

    let back = |conflicts, tray| Happened::FieldWorkReturned { batch: lan, applied: 3, conflicts, tray };
    assert_eq!(inner(back(0, 1), Lang::Vi).what, "Kết quả thực địa đã gửi về: nhận 3, mâu thuẫn 0, cần xem lại 1.");
    for (conflicts, tray) in [(0, 1), (1, 0)] {
        assert!(inner(back(conflicts, tray), Lang::En).next.unwrap().contains("legal department"));
        assert_eq!(back(conflicts, tray).owed(), [super::super::Owed::Role(crate::domain::staff::Role::Legal)]);
    }
    assert_eq!((inner(back(0, 0), Lang::En).next, back(0, 0).owed()), (None, vec![]), "nothing is left to decide");
    let hit = Happened::WatchHit {
        watch: lan,
        hit: lan,
        topic: "planning.recovery".into(),
        subject: "recovery".into(),
        source: "demo.recovery".into(),
        was: "clear".into(),
        now: "hit:42.5:square_metre".into(),
    };
    assert!(inner(hit, Lang::Vi).what.ends_with("(nguồn: bản đồ mới công bố)."), "no name of a file");

    assert_eq!(told("vpdk.mau"), "Cơ quan yêu cầu bổ sung: Văn phòng Đăng ký Mẫu.");
    assert_eq!(told("thue.mau"), "Cơ quan yêu cầu bổ sung: thue.mau.", "one that has no name here");
}

/// Every name that a line asks for is looked up, and nobody else's.
#[test]
fn who_is_mentioned_is_called_by_name() {
    let all: Vec<Event> = samples(Uuid::from_u128(7)).into_iter().map(event).collect();
    let who = mentioned(&all);
    assert!(!who.is_empty() && !who.contains("lan"));
    let names: Names = who.iter().map(|w| (w.clone(), format!("<{w}>"))).collect();
    let told: String = all.iter().filter_map(|e| line(e, &names, View::Staff, Lang::Vi)).map(|l| l.what).collect();
    for name in names.values() {
        assert!(told.contains(name), "{name} is told nowhere");
    }
}

#[test]
fn where_it_stands_has_words_for_every_step_and_turn() {
    let opened = Happened::Opened { channel: super::super::event::Channel::App, procedures: vec!["split".into()] };
    let mut case = Case::next(None, &event(opened)).unwrap();
    let id = Uuid::from_u128(1);
    let steps = [
        Step::Intake,
        Step::Verification { outcome: None },
        Step::Advice { sheet: None },
        Step::Quotation { quotation: id, version: 1, accepted: false },
        Step::Quotation { quotation: id, version: 1, accepted: true },
        Step::Contract { quotation: id, version: 1, contract: id, signed: [].into(), next: Signer::Customer },
        Step::Contract {
            quotation: id,
            version: 1,
            contract: id,
            signed: [Signer::Customer].into(),
            next: Signer::Firm,
        },
        Step::Execution { contract: id },
        Step::Review { contract: id, asked_by: "a".into() },
        Step::HandOver { contract: id, reviewed_by: "a".into(), offered: false },
        Step::AfterCare { contract: id },
        Step::Closed,
    ];
    for step in steps {
        case.step = step;
        for (asked, submitted) in [(false, false), (true, false), (false, true)] {
            case.asked = asked.then_some(id).into_iter().collect();
            let dossier = Dossier { procedure: "transfer".into(), last: None, seq: 1 };
            case.dossiers = submitted.then_some((id, dossier)).into_iter().collect();
            for lang in [Lang::Vi, Lang::En] {
                let now = now(&case, &[], &[], lang);
                for text in [now.step_text, now.turn_text, now.next] {
                    assert!(text.contains(' ') || text.chars().next().is_some_and(char::is_uppercase), "{text}");
                    assert!(!text.starts_with("now-") && !text.starts_with("step-"), "{text}");
                }
            }
        }
    }
}
