//! Signing in and out, and who one is.

use super::guard::{By, COOKIE};
use super::input::Input;
use super::problem::{Kind, Problem, ProblemBody, Result};
use crate::app::App;
use crate::flow::staff::{self, PasswordChange, SignIn, StaffView};
use axum::Json;
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::net::SocketAddr;
use time::OffsetDateTime;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(login))
        .routes(routes!(logout))
        .routes(routes!(me))
        .routes(routes!(change_password))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"login": "phap.che.1", "password": "an-example-password"}))]
struct Login {
    login: String,
    password: String,
}

#[derive(Serialize, utoipa::ToSchema)]
struct Welcome {
    staff: StaffView,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

/// Address the connection comes from; `unknown` when there is no connection (tests without a port).
pub(super) struct Peer(pub(super) String);

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(peer.map_or("unknown".to_owned(), |ConnectInfo(a)| a.ip().to_string())))
    }
}

/// Sign in: sets the cookie `diaba_session`.
#[utoipa::path(post, path = "/auth/login", tag = "sign-in", request_body = Login,
    responses((status = 200, body = Welcome), (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json")))]
async fn login(
    State(app): State<App>,
    Peer(from): Peer,
    jar: CookieJar,
    Input(given): Input<Login>,
) -> Result<Response> {
    match staff::sign_in(&app, &given.login, given.password, &from).await? {
        SignIn::Welcome(s) => {
            let cookie = session_cookie(&app, s.token, s.expires_at);
            Ok((jar.add(cookie), Json(Welcome { staff: s.staff, expires_at: s.expires_at })).into_response())
        }
        SignIn::Wrong => Err(Problem::new(Kind::SignInWrong)),
        SignIn::Wait(left) => {
            let seconds = left.whole_milliseconds().div_euclid(1000) + 1;
            Err(Problem::new(Kind::TooManyAttempts).retry_after(u64::try_from(seconds).unwrap_or(1)))
        }
    }
}

fn session_cookie(app: &App, token: String, expires: OffsetDateTime) -> Cookie<'static> {
    Cookie::build((COOKIE, token))
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(app.config.secure_cookies())
        .path("/")
        .expires(expires)
        .build()
}

/// End the session.
#[utoipa::path(post, path = "/auth/logout", tag = "sign-in", responses((status = 204)))]
async fn logout(State(app): State<App>, By(actor): By, jar: CookieJar) -> Result<impl IntoResponse> {
    if let Some(cookie) = jar.get(COOKIE) {
        staff::sign_out(&app, &actor, cookie.value()).await?;
    }
    let gone = Cookie::build((COOKIE, "")).path("/").build();
    Ok((jar.remove(gone), StatusCode::NO_CONTENT))
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(example = json!({"id": "019a0000-0000-7000-8000-000000000001", "login": "phap.che.1", "name": "Người Mẫu Một",
    "roles": ["legal"], "department": "legal", "territory": [], "scopes": null}))]
struct Me {
    id: Option<Uuid>,
    login: String,
    name: String,
    roles: Vec<&'static str>,
    department: String,
    territory: Vec<String>,
    /// Of the token in use; null in a session, which may do all its roles may.
    scopes: Option<Vec<&'static str>>,
}

/// Who I am.
#[utoipa::path(get, path = "/me", tag = "sign-in", responses((status = 200, body = Me)))]
async fn me(By(a): By) -> Json<Me> {
    Json(Me {
        id: a.id,
        roles: a.roles.iter().map(|r| r.as_str()).collect(),
        scopes: a.scopes.map(|s| s.iter().map(|s| s.as_str()).collect()),
        login: a.login,
        name: a.name,
        department: a.department,
        territory: a.territory,
    })
}

/// Change my password; ends all my sessions.
#[utoipa::path(post, path = "/me/password", tag = "sign-in", request_body = PasswordChange,
    responses((status = 200, body = Value, example = json!({"changed": true}))))]
async fn change_password(
    State(app): State<App>,
    By(actor): By,
    Input(change): Input<PasswordChange>,
) -> Result<Json<Value>> {
    staff::set_password(&app, &actor, actor.id.unwrap_or_default(), change).await?;
    Ok(Json(json!({"changed": true})))
}
