//! What staff do with the tasks and the troubles of a case.

use super::call::{Call, PHOTO, Then, Who};
use super::carry;
use super::people::of_department;
use super::react::{due, path, refused};
use super::script::Story;
use super::view::{LineSeen, TaskSeen, View};
use crate::domain::calendar::day_of;
use serde_json::{Value, json};
use time::{Date, Duration};

/// Kind of a task that is nothing but a meeting.
const MEETING: &str = "appointment";

/// Tasks of a case, each accepted and done by whom it was given to, or by anybody of the department.
pub(super) fn work(story: &Story, view: &View, today: Date) -> Vec<Call> {
    let mut calls: Vec<Call> = view.tasks.iter().flat_map(|t| task(story, view, t, today)).collect();
    calls.extend(visit(story, view, today));
    calls
}

fn task(story: &Story, view: &View, t: &TaskSeen, today: Date) -> Vec<Call> {
    let about = format!("task {} {}", t.kind, t.subject.len());
    let who = || t.assignee.map_or_else(|| of_department(&t.department, story.index), Who::Staff);
    let given = day_of(t.updated_at);
    let call = |what: &'static str, rest: &str, body| Call::new(who(), what, format!("/tasks/{}/{rest}", t.id), body);
    if t.kind == MEETING || t.appointment_at.is_some() {
        return meeting(story, view, t, today).into_iter().collect();
    }
    match t.state.as_str() {
        "open" if due(story, &format!("accept {about}"), given, 0, 1, today) => {
            vec![call("accept", "accept", json!({"version": t.version}))]
        }
        "accepted" => {
            // Most is done in time, one in eleven is not.
            let late = story.chance(&format!("late {about}")).hit(0.09);
            let room = (t.due - given).whole_days().max(1);
            let (from, to) = if late { (room + 1, room + 9) } else { (0, room) };
            if !due(story, &format!("do {about}"), given, from, to, today) {
                return vec![];
            }
            let mut calls = before(story, view, t, &who());
            let values = values(story, view, t, today);
            let body = json!({"version": t.version, "result": {"summary": "Đã làm xong."}, "values": values});
            calls.push(Call { photo: Some(photo(story)), ..call("task", "result", body) });
            calls
        }
        _ => vec![],
    }
}

/// Each matter has photos of its own.
fn photo(story: &Story) -> (u32, u32) {
    (640, 480 + story.index as u32 % 200)
}

/// What has to be there before a task of the plan can end.
fn before(story: &Story, view: &View, t: &TaskSeen, who: &Who) -> Vec<Call> {
    let (w, h) = photo(story);
    let snap = || Call::new(who.clone(), "photo", format!("/tasks/{}/photos", t.id), Value::Null).scan(w, h);
    let paper = |title: &str| {
        let care = super::people::of_role("customer_care", story.index);
        vec![Call::new(care, "paper", path(view, "/papers"), json!({"kind": "other", "title": title}))]
    };
    match t.kind.as_str() {
        // Looked at without a line: the values come back in a batch.
        "visit_parcel" => {
            let values = vec![
                ("state_of_land", json!("as_papers_say")),
                ("boundary_disputed", json!(false)),
                ("photos", json!([PHOTO])),
                ("note", json!("Cột mốc còn đủ.")),
            ];
            let then = Then::Batch { task: t.id, values };
            let batch = Call::new(who.clone(), "batch", "/field/batches".into(), Value::Null);
            let batch = Call { photo: Some(photo(story)), ..batch };
            vec![snap(), batch.reading(who.clone(), "/field/package?hours=10".into(), then)]
        }
        "place_markers" => vec![snap()],
        "sign_deed" if story.case.procedure == "gift" => paper("gift_contract"),
        "sign_deed" => paper("sale_contract"),
        "prepare_dossier" if matches!(story.case.procedure, "split" | "merge") => paper("split_drawing"),
        "submit_dossier" => carry::submits(story, view).into_iter().collect(),
        // What is owed is noted from the sheet before the notices are passed on.
        "hand_tax_notice" => {
            let legal = of_department("legal", story.index);
            vec![Call::new(legal, "owed", path(view, "/obligations/from-sheet"), json!({}))]
        }
        _ => vec![],
    }
}

/// The fields of a task of the plan.
fn values(story: &Story, view: &View, t: &TaskSeen, today: Date) -> Value {
    let point = |n: u8| json!({"lon": 108.2 + f64::from(n) / 10_000.0, "lat": 16.06, "accuracy_m": 0.03, "label": format!("M{n}")});
    match t.kind.as_str() {
        "collect_originals" => json!({"received": "Giấy chứng nhận bản gốc"}),
        "survey_parcel" => {
            json!({"corners": [point(1), point(2), point(3)], "area_m2": 120.5, "neighbours_agree": "all"})
        }
        "place_markers" => json!({"marks": [point(1), point(2)], "photos": [PHOTO]}),
        "draft_deed" => json!({"draft_reference": format!("HD-{}.docx", story.index)}),
        "sign_deed" => json!({"deed_number": format!("{}/2026", story.index), "signed_on": today}),
        "prepare_dossier" => json!({"papers_listed": "Đơn, giấy chứng nhận, hợp đồng"}),
        "submit_dossier" => {
            let n = view.count("submitted").max(1);
            json!({"receipt_number": format!("AB-{:05}-{n}", story.index), "submitted_on": today})
        }
        "hand_tax_notice" => json!({"notices": "Lệ phí trước bạ, thuế thu nhập cá nhân"}),
        "collect_result" => json!({"result_number": format!("AA {:08}", story.index), "issued_on": today}),
        "check_result" => json!({"agrees": true}),
        _ => json!({}),
    }
}

/// A meeting: most come, some ask for another day before, some do not come and are given another hour, up to three. Who has to be
/// elsewhere at its hour leaves it to the next one.
fn meeting(story: &Story, view: &View, t: &TaskSeen, today: Date) -> Option<Call> {
    let who = t.assignee.map_or_else(|| of_department(&t.department, story.index), Who::Staff);
    let call = |what, rest: &str, body| Some(Call::new(who.clone(), what, format!("/tasks/{}/{rest}", t.id), body));
    let Some(at) = t.appointment_at else { return anew(story, view, t, who, today) };
    let (on, body) = (day_of(at), json!({"version": t.version}));
    let busy = |what: &str| refused(view, &format!("{what}:double-booked"), "appointment_made");
    let take = |who, what| {
        let call = Call::new(who, what, format!("/tasks/{}/accept", t.id), body.clone());
        Some(call.may(&["double-booked"]))
    };
    match t.state.as_str() {
        "open" if today < on && view.count("appointment_moved") == 0 && story.fails("asks for another day", 0.1) => {
            let at = hour(story, on + Duration::days(1))?;
            call("move", "appointment/move", json!({"version": t.version, "at": at, "reason": "khách xin đổi ngày"}))
        }
        "open" if today >= on && !busy("take") => take(who, "take"),
        "open" if today >= on && !busy("take over") => take(of_department(&t.department, story.index + 1), "take over"),
        "open" if today >= on => {
            call("cancel", "cancel", json!({"version": t.version, "reason": "không ai rảnh vào giờ hẹn"}))
        }
        "accepted" if !view.begun(at) => None,
        "accepted" if story.fails(&format!("comes on {on}"), 0.2) => {
            let body = json!({"version": t.version, "by": "customer", "reason": "khách không đến"});
            call("no_show", "appointment/miss", body)
        }
        "accepted" => {
            let body = json!({"version": t.version, "result": {"summary": "Khách đã đến, đã trao đổi."}});
            call("meeting", "result", body)
        }
        _ => None,
    }
}

/// Another hour after one that was missed; given up after the third.
fn anew(story: &Story, view: &View, t: &TaskSeen, who: Who, today: Date) -> Option<Call> {
    let missed = |l: &&LineSeen| l.kind == "appointment_missed" && l.id("task") == Some(t.id);
    let misses = view.timeline.lines.iter().filter(missed).count();
    if !matches!(t.state.as_str(), "open" | "accepted") || misses == 0 {
        return None;
    }
    if misses > 2 {
        let body = json!({"version": t.version, "reason": "khách không đến lần nào"});
        return Some(Call::new(who, "give up", format!("/tasks/{}/cancel", t.id), body));
    }
    let now = due(story, &format!("meets again {misses}"), day_of(t.updated_at), 0, 2, today);
    let at = hour(story, today + Duration::days(1)).filter(|_| now)?;
    Some(agreed(view, who, &at, Some(t)).may(&["double-booked"]))
}

/// The first meeting, and another one when nobody was free for it, up to three.
fn visit(story: &Story, view: &View, today: Date) -> Option<Call> {
    let meetings = || view.tasks.iter().filter(|t| t.kind == MEETING);
    let wanted = story.visit
        && matches!(view.step(), "intake" | "verification")
        && meetings().all(|t| t.state == "cancelled")
        && meetings().count() < 3
        && view.count("appointment_missed") < 3;
    if !wanted || !due(story, "meets", view.opened(), 0, 2, today) {
        return None;
    }
    let away = story.chance(&format!("meeting {}", meetings().count())).int(1, 4);
    let at = hour(story, today + Duration::days(1 + if story.brisk { 0 } else { away }))?;
    Some(agreed(view, of_department("legal", story.index), &at, None))
}

fn agreed(view: &View, who: Who, at: &str, task: Option<&TaskSeen>) -> Call {
    let body = json!({"case_id": view.timeline.case_id, "department": task.map_or("legal", |t| &t.department),
        "task": task.map(|t| t.id), "at": at, "place_text": "Văn phòng, bàn tiếp khách 1", "with_customer": true});
    Call::new(who, "appointment", "/appointments".into(), body)
}

/// Of the first working day from `day`, on the office's clock, which is seven hours ahead of UTC; begun when people look for the last
/// time.
fn hour(story: &Story, day: Date) -> Option<String> {
    let day = crate::domain::calendar::Calendar::shipped().ok()?.term_end(day).ok()?;
    let hour = 8 + story.chance(&format!("hour of {day}")).int(0, 6) as u8;
    Some(format!("{day}T{hour:02}:{:02}:00+07:00", story.index % 60))
}

/// Somebody is expected at an hour of today that has not come: there is nothing to do now, and later on the same day there may be.
pub fn waits(view: &View, today: Date) -> bool {
    let live = view.tasks.iter().filter(|t| matches!(t.state.as_str(), "open" | "accepted"));
    live.filter_map(|t| t.appointment_at).any(|at| day_of(at) == today && !view.begun(at))
}

/// A trouble that comes up in some cases, and is solved by its owner, sometimes after its day.
pub(super) fn issues(story: &Story, view: &View, today: Date) -> Vec<Call> {
    let legal = of_department("legal", story.index);
    // What an authority asks for is solved by answering it, what it refuses by handing it in anew, what a review found by asking anew.
    let by_act = |topic: &str| matches!(topic, "agency_asks" | "agency_refuses" | "dossier_back" | "review_returned");
    let open = view.issues.iter().filter(|i| i.resolved_at.is_none() && !by_act(&i.topic));
    let solved = open.filter(|i| due(story, "solves", day_of(i.raised_at), 2, 12, today)).map(|i| {
        Call::new(
            legal.clone(),
            "resolve",
            format!("/issues/{}/resolve", i.id),
            json!({"how": "Các bên đã ký lại sơ đồ ranh giới."}),
        )
        .may(&["issue-resolved"])
    });
    let mut calls: Vec<Call> = solved.collect();
    let trouble = story.chance("trouble").hit(0.12) && view.issues.is_empty();
    let owner = view.tasks.iter().filter(|t| t.department == "legal").find_map(|t| t.assignee);
    if let (true, Some(owner), "verification" | "advice") = (trouble, owner, view.step()) {
        let body = json!({"topic": "neighbour_objects", "words": "Hàng xóm không đồng ý ranh phía bắc.",
            "owner": owner, "due": today + Duration::days(7)});
        calls.push(Call::new(legal, "issue", path(view, "/issues"), body));
    }
    calls
}
