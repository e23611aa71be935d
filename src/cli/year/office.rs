//! The office of a played year: its database, its clock, its API and its worker. In a calm year both run here; in the other they
//! are processes of their own, killed in the middle of what they do and started again.

use super::talk::{Answer, Request, send};
use crate::app::{App, Book, Clock, SharedClock};
use crate::config::Config;
use crate::domain::calendar::day_begins;
use crate::flow::setup::setup;
use crate::flow::{Error, Result};
use crate::{http, worker};
use rand::rngs::SmallRng;
use rand::{Rng as _, RngExt as _, SeedableRng};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use time::{Date, OffsetDateTime};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

fn broken(e: impl Into<anyhow::Error>) -> Error {
    Error::Broken(e.into())
}

/// When the API and the worker are killed: during which request, during which emptying of the queue.
pub struct Kills {
    requests: BTreeSet<u64>,
    drains: BTreeSet<u64>,
    chance: SmallRng,
    pub done: usize,
    /// How often, by kind of act.
    pub during: BTreeMap<String, usize>,
}

impl Kills {
    /// `count` kills by chance over a calm year: a quarter to a half of them of the worker while jobs were waited for, the others of the API, in
    /// turn among the kinds of acts there were, so that a payment is cut off as soon as a paper, and every kind once when there are
    /// enough.
    pub fn plan(seed: u64, count: usize, (requests, acts): (u64, &[(u64, String)]), drains: u64) -> Self {
        let mut chance = SmallRng::seed_from_u64(seed);
        // Over most of the year, since how often jobs are waited for depends on how fast they are, and on the last day nobody
        // may be left to kill.
        let acts: Vec<&(u64, String)> = acts.iter().filter(|(number, _)| *number < requests * 19 / 20).collect();
        let mut kinds: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
        acts.iter().for_each(|(number, kind)| kinds.entry(kind).or_default().push(*number));
        let (mut worker, most) = (BTreeSet::new(), drains * 3 / 4);
        let spared = count.saturating_sub(kinds.len()).max(count / 4);
        while worker.len() < (count / 2).min(most as usize).min(spared) {
            worker.insert(chance.random_range(0..most.max(1)));
        }
        let (wanted, mut requests) = ((count - worker.len()).min(acts.len()), BTreeSet::new());
        while requests.len() < wanted {
            for left in kinds.values_mut().filter(|left| !left.is_empty()) {
                if requests.len() < wanted {
                    requests.insert(left.swap_remove(chance.random_range(0..left.len())));
                }
            }
        }
        Self { requests, drains: worker, chance: SmallRng::seed_from_u64(seed ^ 1), done: 0, during: BTreeMap::new() }
    }

    /// When during this act the API dies, if it does. One that was planned for a request that did not come dies with the next act.
    fn act(&mut self, number: u64, kind: String) -> Option<Duration> {
        if !take(&mut self.requests, number) {
            return None;
        }
        *self.during.entry(kind).or_default() += 1;
        Some(self.moment(12))
    }

    fn moment(&mut self, most_ms: u32) -> Duration {
        Duration::from_micros(u64::from(self.chance.next_u32() % (most_ms * 1000)))
    }
}

/// One that is due is taken out.
fn take(due: &mut BTreeSet<u64>, number: u64) -> bool {
    let first = due.first().copied().filter(|n| *n <= number);
    first.is_some_and(|n| due.remove(&n))
}

/// The kind of act a request is: its address without ids.
fn kind(request: &Request) -> Option<String> {
    let path = request.path.strip_prefix("/api/v1/").filter(|_| request.method != "GET")?;
    let path = path.split('?').next().unwrap_or_default();
    let named = path.split('/').filter(|part| !part.bytes().any(|b| b.is_ascii_digit()));
    Some(named.collect::<Vec<_>>().join("/"))
}

enum Part {
    Here(JoinHandle<()>),
    Process(Child),
}

impl Part {
    async fn end(self) {
        match self {
            Part::Here(task) => task.abort(),
            Part::Process(mut child) => {
                // SIGKILL: nothing is tidied up.
                let _ = child.kill().await;
            }
        }
    }
}

pub struct Office {
    pub app: App,
    clock: Arc<SharedClock>,
    file: PathBuf,
    url: String,
    home: PathBuf,
    registry: worker::Registry,
    api: Option<(SocketAddr, Part)>,
    worker: Option<Part>,
    pub kills: Option<Kills>,
    pub requests: u64,
    /// Number and kind of each request that is an act.
    pub acts: Vec<(u64, String)>,
    pub drains: u64,
    pub jobs: u64,
    /// Spent on requests, and on waiting for jobs.
    pub spent: [Duration; 2],
}

/// Address of a database beside that of `app`.
pub fn url(app: &App, name: &str) -> String {
    let url = &app.config.database_url;
    let (front, query) = url.split_once('?').map_or((url.as_str(), String::new()), |(f, q)| (f, format!("?{q}")));
    let server = front.rfind('/').map_or(front, |i| &front[..i]);
    format!("{server}/{name}{query}")
}

/// Sessions last the year, since nobody's morning is spent on signing in.
fn settings(config: &Config) -> Config {
    let mut config = config.clone();
    config.limits.session = time::Duration::days(800);
    config.public_url = None;
    config.limits.lease = Duration::from_secs(2);
    config.scans = format!("file://{}", config.home.join("scans").display());
    config
}

impl Office {
    pub async fn open(app: &App, name: &str, home: &Path, from: Date, kills: Option<Kills>) -> Result<Self> {
        let file = home.join("clock");
        let clock = Arc::new(SharedClock::new(file.clone()));
        clock.set(day_begins(from)).map_err(broken)?;
        let url = url(app, name);
        let config = Config { database_url: url.clone(), home: home.to_owned(), ..(*app.config).clone() };
        let own = App::open(settings(&config), Clock::Shared(clock.clone()), Book::load(&config.data)?)?;
        setup(&own).await?;
        let registry = worker::registry().map_err(Error::Broken)?;
        let mut office = Self {
            app: own,
            clock,
            file,
            url,
            home: home.to_owned(),
            registry,
            api: None,
            worker: None,
            kills,
            requests: 0,
            acts: Vec::new(),
            drains: 0,
            jobs: 0,
            spent: [Duration::ZERO; 2],
        };
        office.start_api().await?;
        office.start_worker().await?;
        Ok(office)
    }

    pub async fn close(&mut self) {
        if let Some((_, api)) = self.api.take() {
            api.end().await;
        }
        if let Some(worker) = self.worker.take() {
            worker.end().await;
        }
        self.app.pool.close().await;
    }

    /// Never back, though kills may have pushed it on.
    pub fn set(&self, at: OffsetDateTime) -> Result<()> {
        self.clock.set(at.max(self.app.clock.now())).map_err(broken)
    }

    fn process(&self, what: &str) -> Result<Child> {
        let exe = std::env::current_exe().map_err(broken)?;
        let mut command = Command::new(exe);
        command
            .args(["demo", what])
            .arg(&self.file)
            .env("DATABASE_URL", &self.url)
            .env("DIABA_HOME", &self.home)
            .env("DIABA_DATA", &self.app.config.data)
            .env("DIABA_LISTEN", "127.0.0.1:0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        command.spawn().map_err(broken)
    }

    async fn start_api(&mut self) -> Result<()> {
        self.api = Some(match self.kills {
            None => {
                let listener = TcpListener::bind("127.0.0.1:0").await.map_err(broken)?;
                let at = listener.local_addr().map_err(broken)?;
                let app = self.app.clone();
                (
                    at,
                    Part::Here(tokio::spawn(
                        async move { drop(http::serve(app, listener, std::future::pending()).await) },
                    )),
                )
            }
            Some(_) => {
                let mut child = self.process("year-serve")?;
                let out = child.stdout.take().ok_or_else(|| broken(anyhow::anyhow!("no output")))?;
                let line = BufReader::new(out).lines().next_line().await.map_err(broken)?.unwrap_or_default();
                let at = line.parse().map_err(|_| broken(anyhow::anyhow!("the API said `{line}`")))?;
                (at, Part::Process(child))
            }
        });
        Ok(())
    }

    async fn start_worker(&mut self) -> Result<()> {
        self.worker = Some(match self.kills {
            None => {
                let (app, registry) = (self.app.clone(), self.registry.clone());
                let options = options(&app);
                let work = async move { drop(worker::run(app, registry, options, std::future::pending()).await) };
                Part::Here(tokio::spawn(work))
            }
            Some(_) => Part::Process(self.process("year-work")?),
        });
        Ok(())
    }

    /// Sends a request until it is answered by an API that lives; a request that was to be killed is killed in the middle.
    pub async fn ask(&mut self, request: Request) -> Result<Answer> {
        let started = std::time::Instant::now();
        let answer = self.ask_on(request).await;
        self.spent[0] += started.elapsed();
        answer
    }

    async fn ask_on(&mut self, request: Request) -> Result<Answer> {
        let number = self.requests;
        self.requests += 1;
        let kind = kind(&request);
        self.acts.extend(kind.clone().map(|kind| (number, kind)));
        let kill = self.kills.as_mut().zip(kind).and_then(|(k, kind)| k.act(number, kind));
        if let Some(moment) = kill {
            let (at, api) = self.api.take().ok_or_else(|| broken(anyhow::anyhow!("the office is closed")))?;
            let going = tokio::spawn({
                let request = request.clone();
                async move { send(at, &request).await }
            });
            tokio::time::sleep(moment).await;
            api.end().await;
            self.count_kill();
            let answered = going.await.map_err(broken)?;
            self.start_api().await?;
            if let Ok(answer) = answered {
                return Ok(answer);
            }
        }
        for _ in 0..50 {
            let Some((at, _)) = &self.api else { break };
            match send(*at, &request).await {
                Ok(answer) if answer.code() == "idempotency-in-flight" => {
                    // The dead request's hold on its key ends with its time.
                    self.set(self.app.clock.now() + time::Duration::seconds(400))?;
                }
                Ok(answer) if matches!(answer.status, 429 | 503 | 504) => {
                    tokio::time::sleep(Duration::from_millis(100)).await
                }
                Ok(answer) => return Ok(answer),
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        Err(broken(anyhow::anyhow!("{} {} is not answered", request.method, request.path)))
    }

    fn count_kill(&mut self) {
        if let Some(kills) = &mut self.kills {
            kills.done += 1;
        }
    }

    /// Waits until all that the clock has passed is done and the queue is dry.
    pub async fn drain(&mut self) -> Result<()> {
        let started = std::time::Instant::now();
        let done = self.run_dry().await;
        self.spent[1] += started.elapsed();
        done
    }

    async fn run_dry(&mut self) -> Result<()> {
        self.jobs += crate::flow::job::under_way(&self.app).await?.unsigned_abs();
        // What the timetable owes counts as well.
        if !worker::settled(&self.app, &self.registry).await? {
            let number = self.drains;
            self.drains += 1;
            let kill = self.kills.as_mut().and_then(|k| take(&mut k.drains, number).then(|| k.moment(40)));
            if let (Some(moment), Some(_)) = (kill, &self.worker) {
                tokio::time::sleep(moment).await;
                if let Some(worker) = self.worker.take() {
                    worker.end().await;
                }
                self.count_kill();
                self.start_worker().await?;
            }
        }
        for _ in 0..60_000 {
            if worker::settled(&self.app, &self.registry).await? {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        Err(broken(anyhow::anyhow!("the queue does not run dry")))
    }
}

fn options(app: &App) -> worker::Options {
    worker::Options {
        lease: app.config.limits.lease,
        poll: Duration::from_millis(200),
        timetable: worker::Timetable::App,
        ..worker::Options::default()
    }
}

/// `app` on the clock of a year that is being played.
fn playing(app: &App, clock: PathBuf) -> Result<App> {
    let clock = Clock::Shared(Arc::new(SharedClock::new(clock)));
    Ok(App::open(settings(&app.config), clock, Book::load(&app.config.data)?)?)
}

/// Ends with the process that started this one.
async fn orphaned() {
    let (tell, told) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        drop(tell);
    });
    let _ = told.await;
}

pub async fn serve(app: App, clock: PathBuf) -> Result<()> {
    let app = playing(&app, clock)?;
    let listener = TcpListener::bind(app.config.listen).await.map_err(broken)?;
    println!("{}", listener.local_addr().map_err(broken)?);
    tokio::select! {
        ended = http::serve(app, listener, std::future::pending()) => ended.map_err(broken),
        () = orphaned() => Ok(()),
    }
}

pub async fn work(app: App, clock: PathBuf) -> Result<()> {
    let app = playing(&app, clock)?;
    let (registry, options) = (worker::registry().map_err(Error::Broken)?, options(&app));
    worker::run(app, registry, options, orphaned()).await.map_err(Error::Broken)
}
