//! From a verification to tasks, and what staff do with them.

use crate::kit::{app, count};
use diaba::app::App;
use diaba::domain::staff::{Purpose, Role};
use diaba::domain::theme::Effect;
use diaba::domain::verify::{CaseRecord, FindingRecord, Message, Outcome, Pins, Record, Verdict, Wish};
use diaba::flow::staff::Actor;
use diaba::flow::task::{self, GnssPoint, NewAppointment, TaskFilter, TaskResult, TaskView};
use diaba::flow::{Error, Result};
use diaba::store;
use sqlx::PgPool;
use std::collections::{BTreeMap, HashSet};
use time::Duration;
use uuid::Uuid;

/// Staff, one case, nothing verified yet.
struct Office {
    app: App,
    pool: PgPool,
    case: Uuid,
}

impl Office {
    async fn new(pool: PgPool) -> Self {
        let app = app(pool.clone());
        let new = serde_json::json!({"procedure": "transfer", "parcel_ref": {"commune_code": "20194", "sheet": "12", "number": "345"}});
        let new = serde_json::from_value(new).unwrap();
        let case = diaba::flow::case::create(&app, &Actor::system("test"), new).await.unwrap().id;
        Self { app, pool, case }
    }

    async fn hire(&self, login: &str, department: &str, role: Role, territory: &[&str]) -> Actor {
        let row = store::staff::StaffRow {
            id: self.app.clock.new_id(),
            login: login.into(),
            name: login.into(),
            roles: vec![role.as_str().into()],
            department: department.into(),
            territory: territory.iter().map(|t| (*t).to_owned()).collect(),
            active: true,
            created_at: self.app.clock.now(),
        };
        let mut conn = self.pool.acquire().await.unwrap();
        assert!(store::staff::insert(&mut conn, &row, "x").await.unwrap());
        Actor {
            id: Some(row.id),
            login: row.login,
            roles: vec![role],
            department: row.department,
            territory: row.territory,
            ..Actor::system("x")
        }
    }

    /// What the verification act does around the making of tasks.
    async fn verified(&self, outcome: Outcome, findings: &[(&str, &str, Verdict, Effect)]) -> Vec<Uuid> {
        let id = self.app.clock.new_id();
        let mut tx = self.pool.begin().await.unwrap();
        sqlx::query(
            "insert into verification (id, case_id, as_of, outcome, digest, pins, sealed, created_by, created_at)
             values ($1, $2, current_date, 'blocked', repeat('0', 64), '{}', '', 'test', now())",
        )
        .bind(id)
        .bind(self.case)
        .execute(&mut *tx)
        .await
        .unwrap();
        let record = record(self.case, outcome, findings);
        let by = Actor::system("test");
        let made = task::create_from_verification(&self.app, &mut tx, &by, self.case, id, &record).await.unwrap();
        tx.commit().await.unwrap();
        made
    }

    async fn tasks(&self, state: &str) -> Vec<TaskView> {
        let filter =
            TaskFilter { case_id: Some(self.case), state: Some(state.into()), limit: 100, ..Default::default() };
        task::list(&self.app, &filter).await.unwrap()
    }

    async fn kinds(&self, state: &str) -> Vec<String> {
        let mut kinds: Vec<_> = self.tasks(state).await.into_iter().map(|t| t.kind).collect();
        kinds.sort();
        kinds
    }

    /// An open field task of nobody's at a place.
    async fn field_task(&self, subject: &str, lon: f64, lat: f64) {
        sqlx::query(
            "insert into task (id, case_id, kind, subject, department, due, place, created_at, updated_at)
             values ($1, $2, 'survey_boundary', $3, 'field', current_date, st_setsrid(st_makepoint($4, $5), 4326), now(), now())",
        )
        .bind(self.app.clock.new_id())
        .bind(self.case)
        .bind(subject)
        .bind(lon)
        .bind(lat)
        .execute(&self.pool)
        .await
        .unwrap();
    }
}

fn record(case: Uuid, outcome: Outcome, findings: &[(&str, &str, Verdict, Effect)]) -> Record {
    let finding = |&(check, subject, verdict, effect): &(&str, &str, Verdict, Effect)| FindingRecord {
        group: "parcel".into(),
        check: check.to_owned().into(),
        subject: subject.into(),
        verdict,
        effect,
        certainty: None,
        measured: None,
        allowed: None,
        area: None,
        message: Message::new("x"),
        details: vec![],
        evidence: vec![],
        sources: vec![],
        rule: None,
    };
    Record {
        schema: String::new(),
        case: CaseRecord { id: case, number: "HS-TEST".into(), procedure: "transfer".into(), wish: Wish::default() },
        as_of: time::macros::date!(2026 - 11 - 20),
        parcel: None,
        outcome,
        findings: findings.iter().map(finding).collect(),
        pins: Pins {
            parcel: None,
            layers: vec![],
            papers: vec![],
            rules: String::new(),
            themes: String::new(),
            inputs: String::new(),
            engine: "test".into(),
        },
    }
}

/// A PNG header: 640 x 480, no picture.
fn png() -> Vec<u8> {
    [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0"[..], &[8, 2, 0, 0, 0, 0, 0, 0, 0]].concat()
}

fn code(result: Result<TaskView>) -> &'static str {
    match result {
        Err(Error::Conflict { code, .. }) => code,
        Err(Error::Forbidden(_)) => "forbidden",
        Err(Error::Refused(_)) => "refused",
        Err(Error::NotFound { .. }) => "not-found",
        other => panic!("{other:?}"),
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn a_verification_makes_tasks_once_spreads_them_and_takes_back_what_is_settled(pool: PgPool) {
    let o = Office::new(pool).await;
    let (a, b) = (o.hire("an", "legal", Role::Legal, &[]).await, o.hire("binh", "legal", Role::Legal, &[]).await);
    let findings = [
        ("planning.recovery", "recovery", Verdict::Hit, Effect::Blocks),
        ("planning.road_corridor", "road", Verdict::Hit, Effect::NeedsPerson),
        ("parcel.area", "", Verdict::Hit, Effect::NeedsPerson),
    ];
    assert_eq!(o.verified(Outcome::Blocked, &findings).await.len(), 5);
    assert_eq!(o.verified(Outcome::Blocked, &findings).await.len(), 0, "all are open already");
    let tasks = o.tasks("open").await;
    let given = |who: &Actor| tasks.iter().filter(|t| t.assignee == who.id).count();
    assert_eq!((given(&a), given(&b)), (2, 1), "three legal tasks by load");
    let field = tasks.iter().find(|t| t.department == "field").unwrap();
    assert_eq!(
        (field.assignee, field.title.vi.as_str()),
        (None, "Đo đạc lại ranh giới thửa đất"),
        "nobody in the field"
    );
    assert_eq!(field.reason["findings"][0]["check"], "parcel.area");
    let begun = tasks.iter().find(|t| t.subject == "road").unwrap();
    let by = if begun.assignee == a.id { &a } else { &b };
    task::accept(&o.app, by, begun.id, begun.version).await.unwrap();

    assert_eq!(o.verified(Outcome::CanProceed, &[]).await.len(), 1);
    assert_eq!(o.kinds("open").await, ["prepare_quotation"]);
    assert_eq!(o.kinds("accepted").await, ["examine_planning"], "somebody is at it");
    assert_eq!(o.kinds("cancelled").await.len(), 4);
    assert_eq!(count(&o.pool, "select count(*) from audit where action = 'task.create'").await, 6);
    let apart = "select count(*) from (select task_id from task_event except select id from task) x";
    assert_eq!(count(&o.pool, apart).await, 0);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_task_goes_its_way_and_stale_or_foreign_hands_are_refused(pool: PgPool) {
    let o = Office::new(pool).await;
    let (lan, minh) = (o.hire("lan", "field", Role::Field, &[]).await, o.hire("minh", "field", Role::Field, &[]).await);
    let law = o.hire("an", "legal", Role::Legal, &[]).await;
    let boss = o.hire("boss", "management", Role::Manager, &[]).await;
    o.field_task("1", 106.7, 10.8).await;
    let t = o.tasks("open").await.remove(0);
    assert_eq!(code(task::accept(&o.app, &law, t.id, 1).await), "forbidden");
    assert_eq!(code(task::accept(&o.app, &Actor::system("x"), t.id, 1).await), "forbidden");
    assert_eq!(code(task::accept(&o.app, &lan, Uuid::nil(), 1).await), "not-found");
    let t = task::accept(&o.app, &lan, t.id, 1).await.unwrap();
    assert_eq!((t.state.as_str(), t.version, t.assignee), ("accepted", 2, lan.id));
    assert_eq!(code(task::accept(&o.app, &minh, t.id, 1).await), "version");
    assert_eq!(code(task::accept(&o.app, &minh, t.id, 2).await), "task-state");
    assert_eq!(code(task::hand_back(&o.app, &minh, t.id, 2, "mine").await), "forbidden");
    assert_eq!(code(task::hand_back(&o.app, &lan, t.id, 2, "  ").await), "refused");
    let t = task::hand_back(&o.app, &lan, t.id, 2, "máy hỏng").await.unwrap();
    assert_eq!((t.state.as_str(), t.assignee), ("open", None));
    let t = task::accept(&o.app, &minh, t.id, 3).await.unwrap();

    let photo = task::add_photo(&o.app, &minh, t.id, png().into()).await.unwrap().sha256;
    assert_eq!(code(task::add_photo(&o.app, &lan, t.id, png().into()).await.map(|_| t.clone())), "forbidden");
    let point = GnssPoint { lon: 106.7001, lat: 10.8002, accuracy_m: 0.02, label: "M1".into(), at: None };
    let good =
        TaskResult { summary: "Đã đo lại".into(), points: vec![point.clone()], photos: vec![photo.clone()] };
    for bad in [
        TaskResult { summary: " ".into(), ..good.clone() },
        TaskResult { points: vec![GnssPoint { lat: 106.7, ..point.clone() }], ..good.clone() },
        TaskResult { points: vec![GnssPoint { lon: f64::NAN, ..point }], ..good.clone() },
        TaskResult { photos: vec!["0".repeat(64)], ..good.clone() },
        TaskResult { photos: vec!["../x".into()], ..good.clone() },
    ] {
        assert_eq!(code(task::return_result(&o.app, &minh, t.id, t.version, bad, &BTreeMap::new()).await), "refused");
    }
    assert_eq!(
        code(task::return_result(&o.app, &lan, t.id, t.version, good.clone(), &BTreeMap::new()).await),
        "forbidden"
    );
    let done = task::return_result(&o.app, &minh, t.id, t.version, good.clone(), &BTreeMap::new()).await.unwrap();
    assert_eq!((done.state.as_str(), done.has_result), ("done", true));
    assert_eq!(code(task::cancel(&o.app, &boss, t.id, done.version, "late").await), "task-state");
    let seen = task::find(&o.app, t.id).await.unwrap();
    let what: Vec<_> = seen.events.iter().map(|e| e.what.as_str()).collect();
    assert_eq!(what, ["accepted", "handed_back", "accepted", "done"]);
    assert_eq!(task::read_result(&o.app, &law, t.id, Purpose::Verify).await.unwrap(), good);
    let plain = "select count(*) from task where position('Đã đo'::bytea in result) > 0";
    assert_eq!(count(&o.pool, plain).await, 0, "kept sealed");
    o.field_task("2", 106.7, 10.8).await;
    let t = o.tasks("open").await.remove(0);
    assert_eq!(code(task::cancel(&o.app, &law, t.id, 1, "no").await), "forbidden");
    assert_eq!(task::cancel(&o.app, &boss, t.id, 1, "không cần nữa").await.unwrap().state, "cancelled");
    assert_eq!(count(&o.pool, "select count(*) from audit where action like 'task.%'").await, 6);
}

#[sqlx::test(migrations = "./migrations")]
async fn the_nearest_task_goes_to_one_worker_only(pool: PgPool) {
    let o = Office::new(pool).await;
    for i in 0..8 {
        o.field_task(&format!("{i}"), 106.70 + 0.01 * f64::from(i), 10.80).await;
    }
    let mut workers = vec![];
    for i in 0..4 {
        workers.push(o.hire(&format!("field{i}"), "field", Role::Field, &[]).await);
    }
    let law = o.hire("an", "legal", Role::Legal, &[]).await;
    assert!(matches!(task::next_near(&o.app, &law, 106.7, 10.8).await, Err(Error::Forbidden(_))));
    assert!(matches!(task::next_near(&o.app, &workers[0], 10.8, 106.7).await, Err(Error::Refused(_))), "swapped");
    let pulls = workers.iter().map(|w| task::next_near(&o.app, w, 106.751, 10.80));
    let pulled: Vec<_> = futures::future::join_all(pulls).await.into_iter().map(|t| t.unwrap().unwrap()).collect();
    assert_eq!(pulled.iter().map(|t| t.id).collect::<HashSet<_>>().len(), 4, "four workers, four tasks");
    let mut near: Vec<_> = pulled.iter().map(|t| t.subject.as_str()).collect();
    near.sort_unstable();
    assert_eq!(near, ["4", "5", "6", "7"], "the nearest four");
    let first = &pulled[0];
    let again = task::next_near(&o.app, &workers[0], first.lon.unwrap(), first.lat.unwrap()).await.unwrap().unwrap();
    assert_eq!((again.id, again.distance_m), (first.id, Some(0.0)), "one's own until it is accepted");
    for w in &workers {
        while let Some(t) = task::next_near(&o.app, w, 106.7, 10.8).await.unwrap() {
            task::accept(&o.app, w, t.id, t.version).await.unwrap();
        }
    }
    assert_eq!(count(&o.pool, "select count(*) from task where state = 'accepted'").await, 8);
}

#[sqlx::test(migrations = "./migrations")]
async fn an_appointment_is_a_task_with_place_and_time(pool: PgPool) {
    let o = Office::new(pool).await;
    let an = o.hire("an", "legal", Role::Legal, &[]).await;
    let new = NewAppointment {
        with_customer: true,
        case_id: o.case,
        department: "legal".into(),
        task: None,
        minutes: 60,
        agency: None,
        hold_minutes: None,
        at: o.app.clock.now() + Duration::days(3),
        place_text: "Văn phòng đăng ký đất đai mẫu".into(),
        lon: Some(106.7),
        lat: Some(10.8),
        assignee: an.id,
    };
    let made = task::appoint(&o.app, &an, new.clone()).await.unwrap();
    assert_eq!((made.kind.as_str(), made.title.vi.as_str(), made.assignee), ("appointment", "Lịch hẹn", an.id));
    assert_eq!(code(task::appoint(&o.app, &an, new.clone()).await), "appointment-exists");
    for bad in [
        NewAppointment { at: o.app.clock.now() - Duration::MINUTE, ..new.clone() },
        NewAppointment { place_text: " ".into(), ..new.clone() },
        NewAppointment { department: "gis".into(), ..new.clone() },
        NewAppointment { lat: None, ..new.clone() },
        NewAppointment { assignee: Some(Uuid::nil()), ..new.clone() },
    ] {
        assert_eq!(code(task::appoint(&o.app, &an, bad).await), "refused");
    }
    let nowhere = NewAppointment { case_id: Uuid::nil(), ..new };
    assert_eq!(code(task::appoint(&o.app, &an, nowhere).await), "not-found");
    assert_eq!(o.verified(Outcome::CanProceed, &[]).await.len(), 1);
    assert_eq!(o.kinds("open").await, ["appointment", "prepare_quotation"], "verifying leaves it alone");
}
