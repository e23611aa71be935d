//! `diaba serve`, `diaba work`, and who may sign in.

use crate::app::App;
use crate::flow::staff::{self, Actor, NewStaff};
use crate::flow::{Error, Result, vault};
use crate::{http, worker};
use std::future::Future;
use std::io::BufRead;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

fn stop() -> Result<impl Future<Output = ()> + Send + 'static> {
    let broken = |e: std::io::Error| Error::Broken(e.into());
    let (mut term, mut int) =
        (signal(SignalKind::terminate()).map_err(broken)?, signal(SignalKind::interrupt()).map_err(broken)?);
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
    })
}

/// Goes on with the database's own key only. A database that is away is asked as soon as it answers.
async fn with_own_key(app: &App, act: impl Future<Output = Result<()>>) -> Result<()> {
    match vault::check(app).await {
        Ok(()) => act.await,
        Err(Error::Unavailable(_)) => tokio::select! {
            refused = other_key(app) => refused,
            done = act => done,
        },
        Err(refused) => Err(refused),
    }
}

/// Ends only with a refusal.
async fn other_key(app: &App) -> Result<()> {
    loop {
        match vault::check(app).await {
            Ok(()) => std::future::pending().await,
            Err(Error::Unavailable(_)) => tokio::time::sleep(Duration::from_secs(1)).await,
            Err(refused) => return Err(refused),
        }
    }
}

pub async fn serve(app: App, with_worker: bool) -> Result<()> {
    with_own_key(&app, serve_on(app.clone(), with_worker)).await
}

async fn serve_on(app: App, with_worker: bool) -> Result<()> {
    let listen = app.config.listen;
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|e| Error::Unavailable(format!("{listen}: {e}; choose another with DIABA_LISTEN")))?;
    let at = listener.local_addr().map_err(|e| Error::Broken(e.into()))?;
    println!("serving on http://{at}  (API document: http://{at}/api/v1/openapi.json)");
    let work = match with_worker {
        true => Some(tokio::spawn(worker::run(app.clone(), registry()?, options(&app), stop()?))),
        false => None,
    };
    http::serve(app, listener, stop()?).await.map_err(|e| Error::Broken(e.into()))?;
    if let Some(work) = work {
        work.await.map_err(|e| Error::Broken(e.into()))?.map_err(Error::Broken)?;
    }
    Ok(())
}

pub async fn work(app: App) -> Result<()> {
    let work = async {
        println!("working on jobs; stop with Ctrl-C");
        worker::run(app.clone(), registry()?, options(&app), stop()?).await.map_err(Error::Broken)
    };
    with_own_key(&app, work).await
}

/// Works on one queue, beside something else that is waited for.
pub async fn work_on(app: &App, queue: &str, until: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    let registry = registry()?.only(queue);
    worker::run(app.clone(), registry, options(app), until).await.map_err(Error::Broken)
}

fn registry() -> Result<worker::Registry> {
    worker::registry().map_err(Error::Broken)
}

fn options(app: &App) -> worker::Options {
    worker::Options { lease: app.config.limits.lease, ..worker::Options::default() }
}

pub async fn add_staff(
    app: &App,
    by: &Actor,
    login: String,
    name: String,
    roles: Vec<String>,
    department: String,
) -> Result<()> {
    let mut password = String::new();
    std::io::stdin().lock().read_line(&mut password).map_err(|e| Error::Broken(e.into()))?;
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    let made = staff::create(app, by, NewStaff { login, name, roles, department, territory: vec![], password }).await?;
    println!("{} may sign in", made.login);
    Ok(())
}
