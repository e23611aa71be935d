//! One parcel's verdict over all themes: in process, through the API, on data twenty times as large, with several clients.
//! `DIABA_REAL_DATA=folder DATABASE_URL=... cargo bench --bench verify`; makes and drops a database of its own. Without the real
//! data it measures the demo ward and says so.

#[path = "../tests/real/load.rs"]
mod load;

use diaba::app::App;
use diaba::domain::demo::generate_on;
use diaba::domain::verify::{Facts, Wish, verify};
use diaba::flow::demo;
use diaba::flow::staff::{Actor, NewStaff, SignIn, create, sign_in};
use diaba::flow::verification::{facts_of_parcel, inspect, rules_for};
use futures::{StreamExt, stream};
use reqwest::Client;
use sqlx::{AssertSqlSafe, ConnectOptions, PgPool, postgres::PgConnectOptions};
use std::path::Path;
use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use uuid::Uuid;

/// Parcels of one measurement, and of the first look that is not counted.
const MANY: i64 = 1_000;
const WARM: usize = 100;
const COPIES: i32 = 20;

struct Place {
    app: App,
    zone: i32,
}

/// Milliseconds, sorted; told as median, p95 and worst.
struct Times(Vec<f64>);

impl Times {
    fn new(mut times: Vec<f64>) -> Self {
        times.sort_by(f64::total_cmp);
        Self(times)
    }

    fn at(&self, share: f64) -> f64 {
        self.0[((self.0.len() - 1) as f64 * share) as usize]
    }

    fn tell(&self, what: &str) {
        let (median, p95, worst) = (self.at(0.5), self.at(0.95), self.at(1.0));
        println!("{what:<58} median {median:>6.2} ms   p95 {p95:>6.2} ms   worst {worst:>6.1} ms");
    }
}

async fn timed<T>(work: impl Future<Output = T>) -> (T, f64) {
    let begin = Instant::now();
    let done = work.await;
    (done, begin.elapsed().as_secs_f64() * 1e3)
}

impl Place {
    async fn real(app: App, file: &Path) -> Self {
        load::load(&app, file).await;
        println!(
            "real data: nine municipalities of Schaffhausen, eight layers, seven themes beside those of the service"
        );
        Self { app, zone: load::ZONE }
    }

    async fn demo(app: App) -> Self {
        let ward = generate_on(20_261_123, 8_000, app.clock.today());
        let folder = app.config.home.join("demo");
        demo::write(&app, &ward, &folder).await.expect("demo files");
        demo::load(&app, &Actor::system("bench"), &ward, &folder, &mut |_| {}).await.expect("demo maps");
        println!("no real data ({} is not set): the demo ward, 8,000 parcels", load::VARIABLE);
        Self { app, zone: ward.zone.0 }
    }

    /// The same parcels in the same order each time, as if drawn by chance.
    async fn parcels(&self) -> Vec<Uuid> {
        sqlx::query_scalar(
            "select parcel_id from parcel_version where zone = $1 and upper_inf(valid) and geom is not null
              order by md5(parcel_id::text || 'bench') limit $2",
        )
        .bind(self.zone)
        .bind(MANY)
        .fetch_all(&self.app.pool)
        .await
        .expect("parcels")
    }

    async fn facts(&self, id: Uuid) -> Facts {
        facts_of_parcel(&self.app, self.zone, id, Wish::default()).await.expect("facts")
    }

    async fn in_process(&self, what: &str) {
        let parcels = self.parcels().await;
        let one = |id: Uuid| timed(inspect(&self.app, self.zone, id, Wish::default()));
        for id in parcels.iter().take(WARM) {
            one(*id).await.0.expect("verdict");
        }
        let mut times = vec![];
        for id in &parcels {
            let (record, ms) = one(*id).await;
            record.expect("verdict");
            times.push(ms);
        }
        Times::new(times).tell(&format!("{what}: in process, one verdict"));
    }

    async fn parts(&self, what: &str) {
        let (mut gathered, mut judged) = (vec![], vec![]);
        for id in self.parcels().await {
            let (facts, ms) = timed(self.facts(id)).await;
            gathered.push(ms);
            let rules = rules_for(&self.app, &facts).expect("rules");
            let begin = Instant::now();
            std::hint::black_box(verify(&facts, &rules));
            judged.push(begin.elapsed().as_secs_f64() * 1e3);
        }
        Times::new(gathered).tell(&format!("{what}:   of it facts gathered"));
        Times::new(judged).tell(&format!("{what}:   of it judged"));
    }

    /// What one statement costs that only measures: no coverage, accuracy, rules, neighbours or record.
    async fn postgis(&self, what: &str) {
        let parcels = self.parcels().await;
        let mut conn = self.app.pool.acquire().await.expect("connection");
        let mut times = vec![];
        for (i, id) in parcels.iter().chain(&parcels[..WARM]).enumerate() {
            let statement = sqlx::query(
                "select l.theme, f.code, st_area(st_intersection(st_union(f.geom), p.geom))
                   from parcel_version p, layer_version v, layer l, feature f
                  where p.zone = $1 and p.parcel_id = $2 and upper_inf(p.valid) and v.zone = $1 and v.state = 'published'
                    and l.id = v.layer_id and f.zone = $1 and f.layer_version_id = v.id and f.geom && p.geom
                    and st_intersects(f.geom, p.geom) and l.theme not in ('cadastral', 'commune') group by 1, 2, p.geom",
            );
            let (rows, ms) = timed(statement.bind(self.zone).bind(id).fetch_all(&mut *conn)).await;
            rows.expect("rows");
            if i >= WARM {
                times.push(ms);
            }
        }
        Times::new(times).tell(&format!("{what}: beside it, one PostGIS statement that only measures"));
    }

    /// Judging alone, as a batch does it: facts are there already.
    async fn cores(&self) {
        let facts: Vec<Facts> = stream::iter(self.parcels().await).then(|id| self.facts(id)).collect().await;
        let rules = rules_for(&self.app, &facts[0]).expect("rules");
        let rate = |threads: usize| {
            let next = AtomicUsize::new(0);
            let begin = Instant::now();
            std::thread::scope(|scope| {
                for _ in 0..threads {
                    scope.spawn(|| {
                        // each parcel four times: long enough to be timed
                        while let Some(f) = facts.get(next.fetch_add(1, Ordering::Relaxed) / 4) {
                            std::hint::black_box(verify(f, &rules));
                        }
                    });
                }
            });
            4.0 * facts.len() as f64 / begin.elapsed().as_secs_f64()
        };
        rate(2);
        let (one, two) = (rate(1), rate(2));
        println!("judged by one thread {one:.0}/s, by two {two:.0}/s: {:.2} times as many", two / one);
    }
}

/// The API over real sockets, with somebody signed in.
struct Api {
    http: Client,
    base: String,
    server: tokio::task::JoinHandle<()>,
}

impl Api {
    async fn serve(app: &App) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("port");
        let base = format!("http://{}", listener.local_addr().expect("address"));
        let serving = app.clone();
        let server = tokio::spawn(async move {
            diaba::http::serve(serving, listener, std::future::pending()).await.expect("server");
        });
        let new = NewStaff {
            login: "bench".into(),
            name: "Người Mẫu".into(),
            roles: vec!["legal".into()],
            department: "legal".into(),
            territory: vec![],
            password: "an-example-password".into(),
        };
        create(app, &Actor::system("bench"), new).await.expect("staff");
        let welcome = sign_in(app, "bench", "an-example-password".into(), "bench").await.expect("sign in");
        let SignIn::Welcome(signed) = welcome else { panic!("cannot sign in") };
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert("cookie", format!("{}={}", diaba::http::COOKIE, signed.token).parse().expect("cookie"));
        let http = Client::builder().default_headers(headers).build().expect("client");
        Self { http, base, server }
    }

    async fn verdict(&self, id: Uuid) -> Vec<u8> {
        let answer = self.http.get(format!("{}/api/v1/parcels/{id}/inspection", self.base)).send().await.expect("sent");
        assert!(answer.status().is_success(), "{}", answer.status());
        answer.bytes().await.expect("body").to_vec()
    }

    async fn one_client(&self, place: &Place, what: &str) {
        let parcels = place.parcels().await;
        for id in parcels.iter().take(WARM) {
            self.verdict(*id).await;
        }
        let (mut times, mut bytes) = (vec![], 0);
        for id in &parcels {
            let (body, ms) = timed(self.verdict(*id)).await;
            bytes += body.len();
            times.push(ms);
        }
        Times::new(times).tell(&format!("{what}: by the API, JSON with geometry, {} KB", bytes / parcels.len() / 1000));
    }

    /// The same parcels asked by several clients at once; every answer must be the bytes that one client got.
    async fn clients(&self, place: &Place) {
        let parcels = place.parcels().await;
        let alone: Vec<Vec<u8>> = stream::iter(&parcels).then(|id| self.verdict(*id)).collect().await;
        for clients in [1, 2, 4, 8, 16] {
            let begin = Instant::now();
            let answers: Vec<(Vec<u8>, f64)> =
                stream::iter(&parcels).map(|id| timed(self.verdict(*id))).buffered(clients).collect().await;
            let rate = parcels.len() as f64 / begin.elapsed().as_secs_f64();
            assert!(answers.iter().map(|(body, _)| body).eq(&alone), "{clients} clients: another answer");
            let median = Times::new(answers.into_iter().map(|(_, ms)| ms).collect()).at(0.5);
            println!("{clients:>2} clients: {rate:>5.0} verdicts/s, median {median:>6.2} ms, byte-identical");
        }
    }
}

/// Copies all maps and parcels side by side, as if the data were that many times as large.
async fn copy(place: &Place) {
    let east = "(select ceil((st_xmax(e) - st_xmin(e)) / 1000) * 1000 + 1000 from (select st_extent(geom) e from parcel_version where zone = $1 and upper_inf(valid)) t)";
    let step: f64 = sqlx::query_scalar(AssertSqlSafe(format!("select {east}::float8")))
        .bind(place.zone)
        .fetch_one(&place.app.pool)
        .await
        .expect("width");
    for sql in [
        "insert into feature (zone, layer_version_id, fid, key, code, label, attrs, geom, row_hash)
         select zone, layer_version_id, fid + k * 10000000::bigint, key || '-' || k, code, label, attrs, st_translate(geom, k * $2::float8, 0), row_hash
           from feature, generate_series(1, $3 - 1) k where zone = $1",
        "insert into parcel (zone, id, created_at) select zone, md5(id::text || k)::uuid, created_at from parcel, generate_series(1, $3 - 1) k
          where zone = $1 and $2::float8 > 0",
        "insert into parcel_version (zone, parcel_id, version, commune_code, sheet, number, scale, registered_area, map_area, land_use, address,
                attrs, geom, layer_version_id, feature_fid, row_hash, valid)
         select zone, md5(parcel_id::text || k)::uuid, version, commune_code, sheet || '-' || k, number, scale, registered_area, map_area,
                land_use, address, attrs, st_translate(geom, k * $2::float8, 0), layer_version_id, feature_fid, row_hash, valid
           from parcel_version, generate_series(1, $3 - 1) k where zone = $1 and upper_inf(valid)",
        "insert into parcel_alias (zone, parcel_id, commune_code, sheet, number, edition, reason, valid)
         select zone, md5(parcel_id::text || k)::uuid, commune_code, sheet || '-' || k, number, edition, reason, valid
           from parcel_alias, generate_series(1, $3 - 1) k where zone = $1 and $2::float8 > 0",
        "update layer_version set coverage = (select st_multi(st_collectionextract(st_collect(st_translate(coverage, k * $2::float8, 0)), 3))
            from generate_series(0, $3 - 1) k) where zone = $1 and coverage is not null",
    ] {
        sqlx::query(sql).bind(place.zone).bind(step).bind(COPIES).execute(&place.app.pool).await.expect(sql);
    }
    // What PostgreSQL would do beside the measurement in its own time: hint bits, visibility, statistics, dirty pages.
    for sql in ["vacuum (analyze)", "checkpoint"] {
        sqlx::query(sql).execute(&place.app.pool).await.expect(sql);
    }
}

async fn measure(url: &str) {
    let home = tempfile::tempdir().expect("folder");
    let app = load::service(url, home.path()).await;
    let place = match load::file() {
        Some(file) => Place::real(app, &file).await,
        None => Place::demo(app).await,
    };
    let api = Api::serve(&place.app).await;
    place.in_process("as it is").await;
    place.parts("as it is").await;
    place.postgis("as it is").await;
    api.one_client(&place, "as it is").await;
    place.cores().await;
    api.clients(&place).await;
    let begin = Instant::now();
    copy(&place).await;
    println!("copied {COPIES} times side by side in {:.0} s", begin.elapsed().as_secs_f64());
    let size = format!("{COPIES} times");
    place.in_process(&size).await;
    place.parts(&size).await;
    place.postgis(&size).await;
    api.one_client(&place, &size).await;
    api.server.abort();
    place.app.pool.close().await;
}

fn main() {
    let Some(url) = std::env::var_os("DATABASE_URL").and_then(|u| u.into_string().ok()) else {
        println!("verify: set DATABASE_URL to a cluster where databases may be made");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
    runtime.block_on(async {
        let options = PgConnectOptions::from_str(&url).expect("DATABASE_URL");
        let admin = PgPool::connect_with(options.clone()).await.expect("connect");
        let name = format!("diaba_bench_verify_{}", std::process::id());
        sqlx::query(AssertSqlSafe(format!("create database {name}"))).execute(&admin).await.expect("create database");
        measure(options.database(&name).to_url_lossy().as_str()).await;
        sqlx::query(AssertSqlSafe(format!("drop database {name} with (force)"))).execute(&admin).await.expect("drop");
    });
}
