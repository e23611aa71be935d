//! What staff do with the tasks and the troubles of a case.

use super::call::{Call, Who};
use super::people::of_department;
use super::react::{due, path};
use super::script::Story;
use super::view::{TaskSeen, View};
use crate::domain::calendar::day_of;
use serde_json::json;
use time::{Date, Duration};

/// Tasks of a case, each accepted and done by whom it was given to, or by anybody of the department.
pub(super) fn work(story: &Story, view: &View, today: Date) -> Vec<Call> {
    let mut calls: Vec<Call> = view.tasks.iter().filter_map(|t| task(story, t, today)).collect();
    calls.extend(visit(story, view, today));
    calls
}

fn task(story: &Story, t: &TaskSeen, today: Date) -> Option<Call> {
    let about = format!("task {} {}", t.kind, t.subject.len());
    let who = || t.assignee.map_or_else(|| of_department(&t.department, story.index), Who::Staff);
    let given = day_of(t.created_at);
    let call = |what: &'static str, rest: &str, body| Call::new(who(), what, format!("/tasks/{}/{rest}", t.id), body);
    if let Some(at) = t.appointment_at {
        return appointment(story, t, day_of(at), today);
    }
    match t.state.as_str() {
        "open" if due(story, &format!("accept {about}"), given, 0, 1, today) => {
            Some(call("accept", "accept", json!({"version": t.version})))
        }
        "accepted" => {
            // Most is done in time, one in eleven is not.
            let late = story.chance(&format!("late {about}")).hit(0.09);
            let room = (t.due - given).whole_days().max(1);
            let (from, to) = if late { (room + 1, room + 9) } else { (0, room) };
            due(story, &format!("do {about}"), given, from, to, today).then(|| {
                let body = json!({"version": t.version, "result": {"summary": "Đã làm xong."}});
                call("task", "result", body)
            })
        }
        _ => None,
    }
}

/// A visit: kept by most, missed by some, who then get another day.
fn appointment(story: &Story, t: &TaskSeen, on: Date, today: Date) -> Option<Call> {
    let who = t.assignee.map_or_else(|| of_department(&t.department, story.index), Who::Staff);
    let body = json!({"version": t.version});
    match t.state.as_str() {
        "open" if today >= on => Some(Call::new(who, "accept", format!("/tasks/{}/accept", t.id), body)),
        "accepted" if missed(story, on) => {
            let body = json!({"version": t.version, "reason": "khách không đến"});
            Some(Call::new(who, "no_show", format!("/tasks/{}/cancel", t.id), body))
        }
        "accepted" => {
            let body = json!({"version": t.version, "result": {"summary": "Khách đã đến, đã trao đổi."}});
            Some(Call::new(who, "meeting", format!("/tasks/{}/result", t.id), body))
        }
        _ => None,
    }
}

fn missed(story: &Story, on: Date) -> bool {
    story.chance(&format!("comes on {on}")).hit(0.2)
}

/// The first meeting, and another one after each that was missed, up to three.
fn visit(story: &Story, view: &View, today: Date) -> Option<Call> {
    let meetings = || view.tasks.iter().filter(|t| t.appointment_at.is_some());
    let wanted = story.visit
        && matches!(view.step(), "intake" | "verification")
        && meetings().all(|t| t.state == "cancelled")
        && meetings().count() < 3;
    if !wanted || !due(story, "meets", view.opened(), 0, 2, today) {
        return None;
    }
    let mut day = today + Duration::days(1 + story.chance(&format!("meeting {}", meetings().count())).int(1, 4));
    let calendar = crate::domain::calendar::Calendar::shipped().ok()?;
    day = calendar.term_end(day).ok()?;
    let hour = 8 + story.chance("hour").int(0, 8) as u8;
    // Of the office's clock, which is seven hours ahead of UTC.
    let at = format!("{day}T{hour:02}:{:02}:00+07:00", story.index % 60);
    let body = json!({"case_id": view.timeline.case_id, "department": "legal", "at": at,
        "place_text": "Văn phòng, bàn tiếp khách 1", "with_customer": true});
    Some(Call::new(of_department("legal", story.index), "appointment", "/appointments".into(), body))
}

/// A trouble that comes up in some cases, and is solved by its owner, sometimes after its day.
pub(super) fn issues(story: &Story, view: &View, today: Date) -> Vec<Call> {
    let legal = of_department("legal", story.index);
    let open = view.issues.iter().filter(|i| i.resolved_at.is_none());
    let solved = open.filter(|i| due(story, "solves", day_of(i.raised_at), 2, 12, today)).map(|i| {
        Call::new(legal.clone(), "resolve", format!("/issues/{}/resolve", i.id), json!({})).may(&["issue-resolved"])
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
