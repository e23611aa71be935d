//! What a stranger may ask without signing in: is this result ours? And the keys to check it without us.

use super::guard::By;
use super::input::{Input, Params};
use super::language::lang;
use super::problem::Result;
use crate::app::App;
use crate::domain::verify::Message;
use crate::domain::verify::text::{Lang, date, message, outcome, verdict};
use crate::flow::proof::{self, Checked, HeadView, KeyView, Said, Standing};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use time::OffsetDateTime;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(check_keys)).routes(routes!(check_digest))
}

pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_heads)).routes(routes!(revoke_key))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Before {
    /// Only heads over links before this number.
    #[param(example = 1000)]
    before: Option<i64>,
}

/// Signed heads of the hash chain over all verifications and audit entries, newest first (100 at a time).
#[utoipa::path(get, path = "/proof/heads", tag = "proof", params(Before), responses((status = 200, body = Vec<HeadView>)))]
async fn list_heads(State(app): State<App>, Params(asked): Params<Before>) -> Result<Json<Vec<HeadView>>> {
    Ok(Json(proof::heads(&app, asked.before, 100).await?))
}

/// A key was stolen.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Theft {
    /// Since when it may have been in other hands; now when not said.
    #[serde(default, with = "time::serde::rfc3339::option")]
    since: Option<OffsetDateTime>,
    /// 10 to 500 characters; published with the key.
    #[schema(example = "A copy of the key file lay on a stolen laptop.")]
    reason: String,
}

/// Say that a signing key was stolen. The one that signs is replaced first. What it signed is believed from now on only where a head of
/// the chain from before covers it; the published list of keys says so.
#[utoipa::path(post, path = "/signing-keys/{id}/revocation", tag = "proof", request_body = Theft,
    params(("id" = String, Path, description = "16 hex digits", example = "0000000000000000")),
    responses((status = 200, body = KeyView)))]
async fn revoke_key(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<String>,
    Input(theft): Input<Theft>,
) -> Result<Json<KeyView>> {
    Ok(Json(proof::revoke(&app, &actor, &id, theft.since, &theft.reason).await?))
}

/// Every public key that ever signed, newest first: from when to when it signed, and whether it was stolen. The list can be given to
/// `diaba check-report --key`.
#[utoipa::path(get, path = "/check/keys.json", tag = "proof", responses((status = 200, body = Vec<KeyView>)))]
async fn check_keys(State(app): State<App>) -> Result<Json<Vec<KeyView>>> {
    Ok(Json(proof::keys(&app).await?))
}

/// A page that says whether a result with this digest was made here, and what its record says: day, outcome, procedure, parcel, how
/// many findings of each kind; whether there is a newer one, and how many people have confirmed, corrected or rejected a finding since. It
/// names nobody. That pages are unchanged is proved by the file alone (`diaba check-report`).
#[utoipa::path(get, path = "/check/{digest}", tag = "proof",
    params(("digest" = String, Path, description = "SHA-256 of the record, 64 hex digits",
        example = "0000000000000000000000000000000000000000000000000000000000000000")),
    responses((status = 200, body = String, content_type = "text/html")))]
async fn check_digest(State(app): State<App>, Path(digest): Path<String>, headers: HeaderMap) -> Result<Response> {
    let digest = digest.to_ascii_lowercase();
    let formed = digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit());
    let found = if formed { proof::check(&app, &digest).await? } else { None };
    // A malformed digest is not echoed: the page then holds our own words only.
    Ok(answer(page(lang(&headers), found.as_ref(), formed.then_some(digest.as_str()))))
}

/// A page for anybody: plain, in one language, without scripts.
pub(super) struct Html {
    pub lang: Lang,
    title: String,
    body: String,
}

impl Html {
    pub fn new(lang: Lang, title: &'static str) -> Self {
        Self { lang, title: escaped(&message(lang, &Message::new(title))), body: String::new() }
    }

    /// In words of the page's language, safe to stand in HTML.
    pub fn said(&self, m: Message) -> String {
        escaped(&message(self.lang, &m))
    }

    pub fn line(&mut self, m: Message) {
        self.body += &format!("<p>{}</p>\n", self.said(m));
    }

    pub fn strong(&mut self, m: Message) {
        self.body += &format!("<p><strong>{}</strong></p>\n", self.said(m));
    }

    /// `to` is an address of ours.
    pub fn link(&mut self, to: &str, m: Message) {
        self.body += &format!("<p><a href=\"{to}\">{}</a></p>\n", self.said(m));
    }

    /// As it is: our own markup only.
    pub fn raw(&mut self, html: &str) {
        self.body += html;
    }
}

pub(super) fn answer(page: Html) -> Response {
    let Html { lang, title, body } = page;
    let tag = if lang == Lang::Vi { "vi" } else { "en" };
    let html = format!(
        "<!doctype html>\n<html lang=\"{tag}\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n{body}</body>\n</html>\n"
    );
    let policy = "default-src 'none'; form-action 'self'; frame-ancestors 'none'";
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, policy)], html)
        .into_response()
}

fn page(lang: Lang, found: Option<&Checked>, digest: Option<&str>) -> Html {
    let mut page = Html::new(lang, "proof-title");
    match found {
        None => page.line(Message::new("proof-unknown")),
        Some(c) => {
            page.line(match &c.standing {
                Standing::Valid => Message::new("proof-valid"),
                Standing::Unsigned => Message::new("proof-unsigned"),
                Standing::Forged(part) => Message::new("proof-forged").with("part", part.as_str()),
                Standing::Stolen(doubt) => Message { key: "proof-stolen".into(), ..doubt.message() },
                Standing::Erased => Message::new("proof-erased"),
            });
            if c.superseded {
                page.line(Message::new("proof-superseded"));
            }
            c.said.iter().flat_map(|s| said(lang, s)).for_each(|m| page.line(m));
            if c.opinions.iter().any(|n| *n > 0) {
                let [confirm, correct, reject] = c.opinions.map(|n| n as f64);
                let beside = Message::new("proof-beside").with("confirm", confirm).with("correct", correct);
                page.line(beside.with("reject", reject));
            }
            c.key_id.iter().for_each(|k| page.line(Message::new("proof-key").with("key", k.as_str())));
        }
    }
    digest.into_iter().for_each(|d| page.line(Message::new("proof-digest").with("digest", d)));
    if found.is_some() {
        page.line(Message::new("proof-pages"));
    }
    page.link("/check", Message::new("proof-file-here"));
    page
}

/// What ties a record to the paper in hand.
fn said(lang: Lang, s: &Said) -> Vec<Message> {
    let mut out = vec![
        Message::new("proof-as-of").with("date", date(lang, s.as_of)),
        Message::new("proof-outcome").with("outcome", outcome(lang, s.outcome)),
        Message::new("proof-procedure").with("procedure", s.procedure.as_str()),
    ];
    out.push(match &s.parcel {
        Some((commune, sheet, number)) => Message::new("report-parcel")
            .with("commune", commune.as_str())
            .with("sheet", sheet.as_str())
            .with("number", number.as_str()),
        None => Message::new("report-no-parcel"),
    });
    let counts: Vec<String> = s.verdicts.iter().map(|(v, n)| format!("{n} {}", verdict(lang, *v))).collect();
    out.push(Message::new("proof-findings").with("counts", counts.join(" · ")));
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
