//! The service under test: a fixed clock, a database of its own, a port of its own.

use diaba::app::{App, Book, Clock};
use diaba::config::Config;
use diaba::flow::staff::{Actor, NewStaff, SignIn, SignedIn, create, sign_in};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::sync::{Arc, LazyLock, Mutex};
use time::OffsetDateTime;
use time::macros::datetime;

pub const NOW: OffsetDateTime = datetime!(2026-10-05 02:00 UTC);
pub const PASSWORD: &str = "an-example-password";

pub struct TestApp {
    pub app: App,
    pub base: String,
    time: Arc<Mutex<OffsetDateTime>>,
    server: tokio::task::JoinHandle<()>,
    _home: tempfile::TempDir,
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// No rules and no themes, but every procedure.
fn procedures() -> Book {
    static SHIPPED: LazyLock<Book> = LazyLock::new(|| Book::load(&Config::with_defaults("", "").data).unwrap());
    Book { procedures: SHIPPED.procedures.clone(), ..Book::default() }
}

/// Somebody who calls the service.
#[derive(Clone)]
pub struct Caller {
    app: App,
    http: Client,
    base: String,
    bearer: Option<String>,
}

impl TestApp {
    pub async fn new(pool: PgPool) -> Self {
        Self::with(pool, |_| {}).await
    }

    pub async fn with(pool: PgPool, set: impl FnOnce(&mut Config)) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut config = Config::with_defaults("postgres://unused", home.path());
        set(&mut config);
        let time = Arc::new(Mutex::new(NOW));
        let app = App::with_pool(pool, config, Clock::Fixed(time.clone()), procedures()).unwrap();
        Self::serve(app, time, home).await
    }

    /// With the shipped rules, themes, zones and communes.
    pub async fn with_data(pool: PgPool) -> Self {
        Self::with_data_and(pool, |_| {}).await
    }

    /// As [`TestApp::with_data`], with other settings.
    pub async fn with_data_and(pool: PgPool, set: impl FnOnce(&mut Config)) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut config = Config::with_defaults("postgres://unused", home.path());
        set(&mut config);
        let time = Arc::new(Mutex::new(NOW));
        let book = Book::load(&config.data).unwrap();
        let app = App::with_pool(pool, config, Clock::Fixed(time.clone()), book).unwrap();
        diaba::flow::setup::setup(&app).await.unwrap();
        Self::serve(app, time, home).await
    }

    /// Over the database at `url`, which need not answer.
    pub async fn at(url: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let config = Config::with_defaults(url, home.path());
        let time = Arc::new(Mutex::new(NOW));
        let app = App::open(config, Clock::Fixed(time.clone()), procedures()).unwrap();
        app.vault.keep().unwrap();
        Self::serve(app, time, home).await
    }

    async fn serve(app: App, time: Arc<Mutex<OffsetDateTime>>, home: tempfile::TempDir) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let serving = app.clone();
        let server = tokio::spawn(async move {
            diaba::http::serve(serving, listener, std::future::pending()).await.unwrap();
        });
        Self { app, base, time, server, _home: home }
    }

    pub fn advance(&self, by: time::Duration) {
        *self.time.lock().unwrap() += by;
    }

    /// Runs one job of a kind here and now, as a worker would.
    pub async fn run(&self, kind: &str) {
        self.run_with(kind, json!({})).await;
    }

    pub async fn run_with(&self, kind: &str, args: Value) {
        self.try_run(kind, args).await.unwrap();
    }

    /// As [`Self::run_with`], with what it failed by.
    pub async fn try_run(&self, kind: &str, args: Value) -> Result<(), String> {
        self.try_run_by(&self.app, kind, args).await
    }

    /// As [`Self::try_run`], by an instance whose clock is `minutes` ahead of everybody's.
    pub async fn run_off_by(&self, minutes: i64, kind: &str) {
        let mut app = self.app.clone();
        let told = self.app.clock.now() + time::Duration::minutes(minutes);
        app.clock = Clock::Fixed(Arc::new(Mutex::new(told)));
        self.try_run_by(&app, kind, json!({})).await.unwrap();
    }

    async fn try_run_by(&self, app: &App, kind: &str, args: Value) -> Result<(), String> {
        use diaba::store::queue::{self, New, work};
        let mut tx = self.app.pool.begin().await.unwrap();
        let job =
            New { queue: "test", kind, args: args.clone(), key: None, run_at: None, priority: 0, max_attempts: 3 };
        queue::enqueue(&mut tx, job).await.unwrap();
        tx.commit().await.unwrap();
        let mut conn = self.app.pool.acquire().await.unwrap();
        let (kinds, lease) = ([kind.to_owned()], std::time::Duration::from_secs(60));
        let claimed = work::claim(&mut conn, &"test".into(), &kinds, 1, lease, "a").await.unwrap();
        diaba::worker::registry().unwrap().deliver(app, &claimed[0].0, args).await.map_err(|e| e.to_string())
    }

    pub fn anonymous(&self) -> Caller {
        Caller {
            app: self.app.clone(),
            http: Client::builder().build().unwrap(),
            base: self.base.clone(),
            bearer: None,
        }
    }

    /// A new member of staff, not signed in.
    pub async fn hire(&self, login: &str, roles: &[&str]) -> uuid::Uuid {
        let department = match roles {
            ["field"] => "field",
            ["gis_analyst"] => "gis",
            _ => "legal",
        };
        let new = newcomer(login, roles, department);
        create(&self.app, &Actor::system("test"), new).await.unwrap().id
    }

    /// A new member of staff with a session.
    pub async fn signed_in(&self, login: &str, roles: &[&str]) -> Caller {
        self.hire(login, roles).await;
        self.signs_in(login).await
    }

    /// Somebody who is there, with a session.
    pub async fn signs_in(&self, login: &str) -> Caller {
        session(&self.app, &self.base, login).await
    }
}

fn newcomer(login: &str, roles: &[&str], department: &str) -> NewStaff {
    NewStaff {
        login: login.into(),
        name: format!("Người Mẫu {login}"),
        roles: roles.iter().map(|r| (*r).to_owned()).collect(),
        department: department.into(),
        territory: Vec::new(),
        password: PASSWORD.into(),
    }
}

async fn session(app: &App, base: &str, login: &str) -> Caller {
    let SignIn::Welcome(SignedIn { token, .. }) = sign_in(app, login, PASSWORD.into(), "test").await.unwrap() else {
        panic!("{login} cannot sign in")
    };
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("cookie", format!("{}={token}", diaba::http::COOKIE).parse().unwrap());
    let http = Client::builder().default_headers(headers).build().unwrap();
    Caller { app: app.clone(), http, base: base.to_owned(), bearer: None }
}

impl Caller {
    /// The manager who looks over their shoulder; of another department, so that no task goes there.
    pub async fn second(&self) -> Caller {
        // There already is as good.
        let _ = create(&self.app, &Actor::system("test"), newcomer("second", &["manager"], "gis")).await;
        session(&self.app, &self.base, "second").await
    }

    /// The same person at another address.
    pub fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    pub fn with_token(&self, token: &str) -> Self {
        Self { http: Client::new(), bearer: Some(token.to_owned()), ..self.clone() }
    }

    /// A request to a path, or to a whole address.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base)).header("accept-language", "en");
        match &self.bearer {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).send().await.unwrap()).await
    }

    /// Status and bytes of what a path answers.
    pub async fn send_raw(&self, path: &str) -> (StatusCode, Vec<u8>) {
        let answer = self.request(Method::GET, path).send().await.unwrap();
        (answer.status(), answer.bytes().await.unwrap().to_vec())
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(&body).send().await.unwrap()).await
    }

    /// As [`Caller::send`], in another language than English.
    pub async fn send_in(&self, language: &str, request: RequestBuilder) -> Answer {
        let mut request = request.build().unwrap();
        request.headers_mut().insert("accept-language", language.parse().unwrap());
        Answer::of(self.http.execute(request).await.unwrap()).await
    }

    pub async fn send(&self, request: RequestBuilder) -> Answer {
        Answer::of(request.send().await.unwrap()).await
    }

    /// A new case, by its id.
    pub async fn open_case(&self) -> String {
        let made = self.post("/api/v1/cases", new_case()).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        made.body["id"].as_str().unwrap().to_owned()
    }
}

pub fn new_case() -> Value {
    json!({"procedure": "transfer", "parcel_ref": {"commune_code": "20194", "sheet": "12", "number": "345"}})
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
    pub body: Value,
}

impl Answer {
    pub async fn of(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Self { status, headers, text, body }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// `field: code` of each field that was refused.
    #[track_caller]
    pub fn refused(&self) -> Vec<String> {
        assert_eq!(self.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let of = |e: &Value, k: &str| e[k].as_str().unwrap().to_owned();
        self.body["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| format!("{}: {}", of(e, "field"), of(e, "code")))
            .collect()
    }
}
