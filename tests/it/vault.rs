//! The key that personal data is sealed with belongs to the database: another one is refused at the start.

use crate::test_app::TestApp;
use diaba::app::{App, Book, Clock};
use diaba::config::Config;
use diaba::flow::{Error, setup, vault};
use sqlx::{ConnectOptions, PgPool};

/// A service over the database of `t`, with a home of its own.
fn elsewhere(t: &TestApp, home: &std::path::Path, key: Option<&str>) -> App {
    let mut config = Config::with_defaults(t.app.pool.connect_options().to_url_lossy().to_string(), home);
    config.vault_key = key.map(|k| diaba::config::Secret(k.to_owned()));
    App::open(config, Clock::default(), Book::load(&t.app.config.data).unwrap()).unwrap()
}

fn refused(done: Result<impl Sized, Error>) -> (String, String, String) {
    match done.err().expect("refused") {
        Error::Refused(why) => (why[0].field.clone(), why[0].found.clone(), why[0].allowed.clone()),
        other => panic!("{other}"),
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn another_home_is_refused_and_makes_no_key(pool: PgPool) {
    let t = TestApp::with_data(pool).await;
    let own = hex::encode(t.app.vault.key_id());
    vault::check(&t.app).await.unwrap();
    setup::setup(&t.app).await.unwrap();

    let home = tempfile::tempdir().unwrap();
    let wrong = elsewhere(&t, home.path(), None);
    for (field, found, allowed) in [refused(vault::check(&wrong).await), refused(setup::setup(&wrong).await)] {
        assert_eq!((field.as_str(), allowed.as_str()), ("DIABA_HOME", own.as_str()));
        assert!(found.starts_with("no key in "), "{found}");
    }
    assert!(!home.path().join("keys/vault.key").exists(), "no new key beside sealed data");
    assert!(wrong.vault.seal("x", b"y").is_err(), "and nothing is sealed with it");

    let other = elsewhere(&t, home.path(), Some(&"ab".repeat(32)));
    let (field, found, _) = refused(vault::check(&other).await);
    assert_eq!(field, "DIABA_VAULT_KEY");
    assert!(found.contains(&hex::encode(other.vault.key_id())), "{found}");

    let changed = sqlx::query("update vault_key set key_id = '\\x00000000'").execute(&t.app.pool).await;
    assert!(changed.is_err(), "a key is for good");
}

#[sqlx::test]
async fn a_new_database_takes_the_key_of_the_home_and_makes_one_when_there_is_none(pool: PgPool) {
    let home = tempfile::tempdir().unwrap();
    let config = Config::with_defaults(pool.connect_options().to_url_lossy().to_string(), home.path());
    let book = Book::load(&config.data).unwrap();
    let app = App::open(config, Clock::default(), book).unwrap();
    vault::check(&app).await.unwrap();
    setup::setup(&app).await.unwrap();
    assert!(home.path().join("keys/vault.key").exists());
    let sealed = app.vault.seal("x", b"y").unwrap();
    let again = App::open((*app.config).clone(), Clock::default(), Book::default()).unwrap();
    vault::check(&again).await.unwrap();
    assert_eq!(again.vault.open("x", &sealed).unwrap(), b"y");
}
