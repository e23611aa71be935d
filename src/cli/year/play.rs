//! Plays a year: the clock goes from slot to slot of each day; people act in the slots, jobs run between them, and each evening
//! every promise is looked at.

use super::office::Office;
use super::talk::{Answer, Request};
use super::world;
use crate::domain::calendar::{Calendar, day_begins, day_of};
use crate::domain::case::clock::Limits;
use crate::domain::demo::Ward;
use crate::domain::demo::year::{
    AGENCY, Body, Call, PASSWORD, PHOTO, Story, Tally, Told, View, Who, WorldEvent, Year, arrive, broken, digest, over,
    react, roster, waits,
};
use crate::domain::verify::sha256_hex;
use crate::flow::demo::{self, year as kept};
use crate::flow::staff::{self, Actor, NewStaff};
use crate::flow::{Error, Result};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

/// What came of a year.
#[derive(Default)]
pub struct Played {
    pub tally: Tally,
    pub lines: Vec<String>,
    pub hash: String,
    /// Promises broken, by day.
    pub faults: Vec<String>,
    /// Refusals that the year expects, by call and code.
    pub refusals: BTreeMap<String, usize>,
    pub requests: u64,
    /// Number and kind of each request that is an act.
    pub acts: Vec<(u64, String)>,
    pub drains: u64,
    pub jobs: u64,
    pub kills: usize,
    /// How often the API was killed during which kind of act.
    pub during: BTreeMap<String, usize>,
    pub days: usize,
    pub seconds: f64,
    pub loading: f64,
    /// Seconds of it on requests, and on waiting for jobs.
    pub spent: [f64; 2],
}

/// Hours of a working day at which people act, and the evening.
const SLOTS: &[Duration] =
    &[Duration::minutes(8 * 60 + 35), Duration::minutes(10 * 60 + 45), Duration::minutes(14 * 60)];
/// When nobody lets anybody wait.
const BRISK: &[Duration] = &[
    Duration::minutes(8 * 60 + 35),
    Duration::minutes(9 * 60 + 30),
    Duration::minutes(10 * 60 + 25),
    Duration::minutes(11 * 60 + 20),
    Duration::minutes(13 * 60 + 35),
    Duration::minutes(14 * 60 + 30),
    Duration::minutes(15 * 60 + 25),
    Duration::minutes(16 * 60 + 20),
];
const EVENING: Duration = Duration::minutes(18 * 60 + 30);
/// No login: the customer.
const NOBODY: &str = "";
/// A year with more faults than this is not played on.
const MOST_FAULTS: usize = 20;

pub async fn play(office: &mut Office, ward: &Ward, year: &Year) -> Result<Played> {
    let started = std::time::Instant::now();
    office.set(day_begins(year.from) + Duration::hours(6))?;
    let mut desk = Desk::open(office).await?;
    let folder = office.app.config.home.join("ward");
    demo::write(&office.app, ward, &folder).await?;
    demo::load(&office.app, &Actor::system("year"), ward, &folder, &mut |_| {}).await?;
    let mut played = Played { loading: started.elapsed().as_secs_f64(), ..Played::default() };
    let mut stage =
        Stage { ward, year, open: BTreeMap::new(), told: BTreeMap::new(), world: year.world.clone(), week: 0 };
    let mut day = year.from;
    while day <= year.to && played.faults.len() < MOST_FAULTS {
        stage.day(office, &mut desk, day).await?;
        stage.evening(office, day, &mut played.faults).await?;
        played.days += 1;
        day += Duration::DAY;
    }
    stage.end(office, year.to, &mut played).await?;
    played.refusals = desk.refusals;
    (played.requests, played.drains, played.jobs) = (office.requests, office.drains, office.jobs);
    played.spent = office.spent.map(|d| d.as_secs_f64());
    played.acts = std::mem::take(&mut office.acts);
    if let Some(kills) = &mut office.kills {
        (played.kills, played.during) = (kills.done, std::mem::take(&mut kills.during));
    }
    played.seconds = started.elapsed().as_secs_f64();
    Ok(played)
}

struct Stage<'a> {
    ward: &'a Ward,
    year: &'a Year,
    /// Cases that have not ended, by the index of their story.
    open: BTreeMap<usize, Uuid>,
    /// What is known of all cases, by the index of their story.
    told: BTreeMap<usize, Told>,
    world: Vec<(Date, WorldEvent)>,
    week: u32,
}

fn broken_off(why: String) -> Error {
    Error::Broken(anyhow::anyhow!(why))
}

fn calendar() -> Result<&'static Calendar> {
    Calendar::shipped().map_err(broken_off)
}

impl Stage<'_> {
    async fn day(&mut self, office: &mut Office, desk: &mut Desk, day: Date) -> Result<()> {
        if !calendar()?.is_working_day(day).map_err(|e| Error::Broken(e.into()))? {
            return Ok(());
        }
        let mut looked_at: Vec<usize> = self.open.keys().copied().collect();
        let brisk = self.year.stories.iter().all(|s| s.brisk);
        for (n, slot) in (if brisk { BRISK } else { SLOTS }).iter().enumerate() {
            let at = day_begins(day) + *slot;
            office.set(at)?;
            office.drain().await?;
            let mut moved = BTreeSet::new();
            if n == 0 {
                self.around(office, desk, day).await?;
                for index in self.year.arrivals.get(&day).cloned().unwrap_or_default() {
                    let story = &self.year.stories[index];
                    let made = desk.call(office, story, &arrive(story)).await?.json();
                    let id = made["case"]["id"].as_str().and_then(|s| s.parse().ok());
                    let id = id.ok_or_else(|| broken_off(format!("no case for story {index}: {made}")))?;
                    self.open.insert(index, id);
                    moved.insert(index);
                }
            }
            for index in looked_at {
                if self.act(office, desk, index, at).await? {
                    moved.insert(index);
                }
            }
            office.drain().await?;
            looked_at = moved.into_iter().collect();
            if looked_at.is_empty() {
                break;
            }
        }
        Ok(())
    }

    /// Maps and tables that come in on this day.
    async fn around(&mut self, office: &mut Office, desk: &mut Desk, day: Date) -> Result<()> {
        let week = day.monday_based_week() as u32 + 60 * day.year().unsigned_abs();
        let mut due: Vec<WorldEvent> = Vec::new();
        if week != self.week && self.week != 0 {
            due.push(WorldEvent::Tables(u32::try_from((day - self.year.from).whole_weeks()).unwrap_or_default() + 1));
        }
        self.week = week;
        self.world.retain(|(on, event)| {
            let now = *on <= day;
            due.extend(now.then_some(*event));
            !now
        });
        for event in due {
            world::happens(office, desk, self.ward, self.year.seed, event, day).await?;
        }
        Ok(())
    }

    /// Whatever is to be done in one case now. False: nothing was.
    async fn act(&mut self, office: &mut Office, desk: &mut Desk, index: usize, at: OffsetDateTime) -> Result<bool> {
        let day = day_of(at);
        let (Some(id), story) = (self.open.get(&index), &self.year.stories[index]) else { return Ok(false) };
        let screen = desk.get(office, "quan.ly.1", &format!("/cases/{id}/screen")).await?;
        let mut view: View = serde_json::from_slice(&screen.body).map_err(|e| Error::Broken(e.into()))?;
        // Not what the clock says: a kill pushes that on, and changes nothing of what people want.
        view.now = Some(at);
        view.refused = desk.refused.get(&index).cloned().unwrap_or_default();
        if over(&view) {
            self.open.remove(&index);
            return Ok(false);
        }
        let calls = react(story, &view, day);
        for call in &calls {
            let answer = desk.call(office, story, call).await?;
            if !answer.good() {
                let refused = desk.refused.entry(index).or_default();
                refused.insert(format!("{}:{}", call.what, answer.code()), view.timeline.last);
            }
        }
        Ok(!calls.is_empty() || waits(&view, day))
    }

    async fn evening(&mut self, office: &mut Office, day: Date, faults: &mut Vec<String>) -> Result<()> {
        office.set(day_begins(day) + EVENING)?;
        office.drain().await?;
        let indexes: BTreeMap<Uuid, usize> = self.known();
        for id in kept::moved_since(&office.app, day_begins(day)).await? {
            match indexes.get(&id) {
                Some(index) => drop(self.told.insert(*index, kept::told(&office.app, id).await?)),
                None => faults.push(format!("{day}: case {id} is nobody's: an intake was done twice")),
            }
        }
        for told in self.told.values() {
            faults.extend(self.promises(office, told, day)?);
        }
        faults.extend(kept::whole(&office.app, day.day() == 1).await?.into_iter().map(|f| format!("{day}: {f}")));
        Ok(())
    }

    fn known(&self) -> BTreeMap<Uuid, usize> {
        let ended = self.told.iter().map(|(index, told)| (told.id, *index));
        self.open.iter().map(|(index, id)| (*id, *index)).chain(ended).collect()
    }

    fn promises(&self, office: &Office, told: &Told, day: Date) -> Result<Vec<String>> {
        let limits = Limits::shipped().map_err(broken_off)?;
        let all = broken(told, day, calendar()?, limits, &office.app.book.procedures);
        Ok(all.into_iter().map(|f| format!("{day} {}: {f}", told.number)).collect())
    }

    /// Reads everything once more, counts it and makes it comparable.
    async fn end(&mut self, office: &Office, day: Date, played: &mut Played) -> Result<()> {
        let limits = Limits::shipped().map_err(broken_off)?;
        for told in self.told.values_mut() {
            *told = kept::told(&office.app, told.id).await?;
            played.tally.add(told, day, calendar()?, limits, &office.app.book.procedures);
        }
        for told in self.told.values() {
            played.faults.extend(self.promises(office, told, day)?);
        }
        played.faults.extend(kept::whole(&office.app, true).await?);
        (played.lines, played.hash) = digest(&self.told);
        Ok(())
    }
}

/// Who speaks to the API: sessions, keys, and what was refused.
pub struct Desk {
    sessions: BTreeMap<&'static str, String>,
    logins: BTreeMap<Uuid, &'static str>,
    keys: u64,
    refusals: BTreeMap<String, usize>,
    refused: BTreeMap<usize, BTreeMap<String, i32>>,
}

impl Desk {
    async fn open(office: &mut Office) -> Result<Self> {
        let by = Actor::system("year");
        let (mut sessions, mut logins) = (BTreeMap::new(), BTreeMap::new());
        for s in roster() {
            let new = NewStaff {
                login: s.login.into(),
                name: format!("Người Mẫu {}", s.login),
                roles: vec![s.role.into()],
                department: s.department.into(),
                territory: vec![],
                password: PASSWORD.into(),
            };
            logins.insert(staff::create(&office.app, &by, new).await?.id, s.login);
            let request = Request {
                method: "POST",
                path: "/api/v1/auth/login".into(),
                headers: vec![("content-type", "application/json".into())],
                body: json!({"login": s.login, "password": PASSWORD}).to_string().into_bytes(),
            };
            let answer = office.ask(request).await?;
            let cookie = answer.cookie().ok_or_else(|| broken_off(format!("{} cannot sign in", s.login)))?;
            sessions.insert(s.login, cookie);
        }
        let mut desk = Self { sessions, logins, keys: 0, refusals: BTreeMap::new(), refused: BTreeMap::new() };
        desk.equip(office).await?;
        Ok(desk)
    }

    /// Everybody can do what their department does, and the office that dossiers go to is known.
    async fn equip(&mut self, office: &mut Office) -> Result<()> {
        let ids: Vec<(Uuid, &'static str)> = self.logins.iter().map(|(id, login)| (*id, *login)).collect();
        for (id, login) in ids {
            let role = roster().iter().find(|s| s.login == login).map_or("", |s| s.role);
            let skill = match role {
                "legal" => "drafting",
                "field" => "survey",
                _ => continue,
            };
            self.put(office, &format!("/staff/{id}/skills"), &json!({"skills": [skill]})).await?;
        }
        let hours: serde_json::Map<String, Value> =
            (1..=5).map(|d| (d.to_string(), json!([["07:30", "11:30"], ["13:30", "17:00"]]))).collect();
        let known = json!({"kind": "land_registration", "name": "Chi nhánh văn phòng đăng ký đất đai An Bình",
            "address": "1 Đường Mẫu", "hours": hours, "standing": "house"});
        self.put(office, &format!("/agencies/{AGENCY}"), &known).await
    }

    async fn put(&self, office: &mut Office, path: &str, body: &Value) -> Result<()> {
        let headers = vec![("content-type", "application/json".into())];
        let request =
            Request { method: "PUT", path: format!("/api/v1{path}"), headers, body: body.to_string().into_bytes() };
        let answer = self.ask_as(office, "quan.ly.1", request).await?;
        if answer.good() { Ok(()) } else { Err(unexpected("PUT", &answer)) }
    }

    /// A new idempotency key.
    pub fn key(&mut self, what: &str) -> String {
        self.keys += 1;
        format!("year-{}-{:08}", what.replace(' ', "-"), self.keys)
    }

    pub async fn ask_as(&self, office: &mut Office, login: &str, mut request: Request) -> Result<Answer> {
        if let Some(session) = self.sessions.get(login) {
            request.headers.push(("cookie", session.clone()));
        }
        request.headers.push(("accept-language", "en".into()));
        office.ask(request).await
    }

    pub async fn get(&self, office: &mut Office, login: &str, path: &str) -> Result<Answer> {
        let path = format!("/api/v1{path}");
        let request = Request { method: "GET", path, headers: vec![], body: vec![] };
        let answer = self.ask_as(office, login, request).await?;
        if answer.good() { Ok(answer) } else { Err(unexpected("GET", &answer)) }
    }

    pub async fn post(
        &mut self,
        office: &mut Office,
        login: &str,
        what: &str,
        path: &str,
        body: &Value,
    ) -> Result<Answer> {
        let headers = vec![("content-type", "application/json".into()), ("idempotency-key", self.key(what))];
        let request =
            Request { method: "POST", path: format!("/api/v1{path}"), headers, body: body.to_string().into_bytes() };
        self.ask_as(office, login, request).await
    }

    fn login(&self, who: &Who) -> &'static str {
        match who {
            Who::Login(login) => login,
            Who::Staff(id) => self.logins.get(id).copied().unwrap_or_default(),
            Who::Customer => NOBODY,
        }
    }

    /// With the SHA-256 of the photo it names.
    fn photographed(&self, call: &Call, body: String) -> Result<String> {
        let Some((w, h)) = call.photo.filter(|_| body.contains(PHOTO)) else { return Ok(body) };
        Ok(body.replace(PHOTO, &sha256_hex(demo::picture(w, h).map_err(Error::Broken)?)))
    }

    /// Does what somebody of a story wants. A refusal that the call does not expect ends the year.
    async fn call(&mut self, office: &mut Office, story: &Story, call: &Call) -> Result<Answer> {
        let login = self.login(&call.who);
        let mut headers = match call.who {
            Who::Customer => vec![],
            _ => vec![("idempotency-key", self.key(call.what))],
        };
        let body = match &call.body {
            Body::Json(value) => {
                headers.push(("content-type", "application/json".into()));
                let value = match &call.reads {
                    Some((who, path, then)) => then.body(&self.get(office, self.login(who), path).await?.json()),
                    None => value.clone(),
                };
                self.photographed(call, value.to_string())?.into_bytes()
            }
            Body::Scan(width, height) => {
                headers.push(("content-type", "image/png".into()));
                demo::picture(*width, *height).map_err(Error::Broken)?.to_vec()
            }
        };
        if call.later {
            headers.push(("prefer", "respond-async".into()));
        }
        let request = Request { method: "POST", path: format!("/api/v1{}", call.path), headers, body };
        let answer = self.ask_as(office, login, request).await?;
        if !answer.good() {
            let code = answer.code();
            if !call.may.contains(&code.as_str()) {
                return Err(unexpected(&format!("story {} {login} {} {}", story.index, call.what, call.path), &answer));
            }
            *self.refusals.entry(format!("{}: {code}", call.what)).or_default() += 1;
        }
        // One second per act, so that a history can be read in its order.
        office.set(office.app.clock.now() + Duration::SECOND)?;
        Ok(answer)
    }
}

fn unexpected(what: &str, answer: &Answer) -> Error {
    broken_off(format!("{what}: {} {}", answer.status, String::from_utf8_lossy(&answer.body)))
}
