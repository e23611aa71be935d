//! What was told, asked, found and done in a case: the intake, requests, offers, problems, and each task with what came of it.

use super::contents::{WHY, json_file};
use super::make::Pack;
use crate::app::App;
use crate::domain::archive::ending;
use crate::domain::verify::text::Lang;
use crate::flow::field::{self, ItemFilter};
use crate::flow::staff::Actor;
use crate::flow::task::{self, TaskFilter, TaskView};
use crate::flow::{Error, Result, case, customer, paper_request, quotation};
use crate::store::task_photo;
use serde_json::json;
use uuid::Uuid;

/// Rows read at once.
const PAGE: i64 = 500;

pub(super) async fn work(app: &App, by: &Actor, id: Uuid, pack: &mut Pack) -> Result<()> {
    match customer::intake(app, by, id, WHY).await {
        Ok(told) => json_file(pack, "intake.json", &told).await?,
        // It was opened without one.
        Err(Error::NotFound { what: "intake", .. }) => {}
        Err(e) => return Err(e),
    }
    json_file(pack, "requests.json", &paper_request::open(app, by, id, WHY, Lang::Vi).await?).await?;
    json_file(pack, "quotations.json", &quotation::list(app, id).await?).await?;
    json_file(pack, "issues.json", &case::issues(app, by, id, WHY).await?).await?;
    for (i, t) in tasks(app, id).await?.into_iter().enumerate() {
        one_task(app, by, t, &format!("tasks/{:02}", i + 1), pack).await?;
    }
    field_items(app, by, id, pack).await
}

/// All tasks of a case in the order they were made.
async fn tasks(app: &App, id: Uuid) -> Result<Vec<TaskView>> {
    let mut all = Vec::new();
    let mut filter = TaskFilter { case_id: Some(id), limit: PAGE, ..TaskFilter::default() };
    loop {
        let page = task::list(app, &filter).await?;
        filter.after = page.last().map(|t| (t.due, t.id));
        let last = (page.len() as i64) < PAGE;
        all.extend(page);
        if last {
            all.sort_by_key(|t: &TaskView| (t.created_at, t.id));
            return Ok(all);
        }
    }
}

/// A task with its events, its words, the values of its fields, its result; and its photos.
async fn one_task(app: &App, by: &Actor, t: TaskView, at: &str, pack: &mut Pack) -> Result<()> {
    let name = format!("{at}-{}", t.kind);
    let (id, done) = (t.id, t.has_result);
    let result = if done { Some(task::read_result(app, by, id, WHY).await?) } else { None };
    let kept = json!({"task": task::find(app, id).await?, "words": task::read_words(app, by, id, WHY).await?,
        "values": task::values(app, by, id, WHY).await?, "result": result});
    json_file(pack, &format!("{name}.json"), &kept).await?;
    let photos = task_photo::taken(&mut *app.pool.acquire().await?, id).await?;
    for sha256 in photos {
        let photo = task::photo(app, by, id, &sha256, WHY).await?;
        let short = sha256.get(..16).unwrap_or(&sha256);
        pack.file(&format!("{name}-{short}.{}", ending(&photo.view.media_type)), &photo.content).await?;
    }
    Ok(())
}

/// Values from the field that stood in conflict or waited for a person, with what became of each.
async fn field_items(app: &App, by: &Actor, id: Uuid, pack: &mut Pack) -> Result<()> {
    let mut kept = Vec::new();
    for outcome in ["conflict", "tray"] {
        let mut filter =
            ItemFilter { case_id: Some(id), outcome: Some(outcome.into()), limit: PAGE, ..ItemFilter::default() };
        loop {
            let page = field::items(app, &filter).await?;
            filter.after = page.last().map(|i| i.id);
            for i in &page {
                kept.push(field::item(app, by, i.id, WHY).await?);
            }
            if (page.len() as i64) < PAGE {
                break;
            }
        }
    }
    json_file(pack, "field-items.json", &kept).await
}
