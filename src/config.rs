//! Settings, from the environment (`DIABA_*`, `DATABASE_URL`) with working defaults under `.diaba/`.
//!
//! | variable | default | meaning |
//! | --- | --- | --- |
//! | `DATABASE_URL` | none | PostgreSQL with PostGIS |
//! | `DIABA_HOME` | `.diaba` | private state: keys, scans, uploads |
//! | `DIABA_DATA` | `data` here, beside the program, or beside the sources | what the service ships |
//! | `DIABA_READER` | beside the program | the `diaba-reader` program, which opens map files |
//! | `DIABA_LISTEN` | `127.0.0.1:8080` | address of the API |
//! | `DIABA_PUBLIC_URL` | none | how browsers reach us; `https` makes cookies `Secure` |
//! | `DIABA_FIRM` | Diaba | name of the firm at the head of reports and other papers |
//! | `DIABA_VAULT_KEY` | file `keys/vault.key` in home | 32 bytes as hex, seals personal data |
//! | `DIABA_SCANS` | `file://<home>/scans` | where scans lie: `file://folder` or `s3://bucket/prefix` |
//! | `DIABA_DB_CONNECTIONS` | 20 | size of the pool |
//! | `DIABA_MAP_BYTES` | 256 MiB | memory for large map features and coverages kept between verifications |
//! | `DIABA_BODY_BYTES` | 1 MiB | largest JSON body |
//! | `DIABA_SCAN_BYTES` | 25 MiB | largest scan |
//! | `DIABA_UPLOAD_BYTES` | 4 GiB | largest map upload |
//! | `DIABA_REQUEST_SECONDS` | 30 | a request that takes longer is given up |
//! | `DIABA_SESSION_HOURS` | 12 | life of a staff session |
//! | `DIABA_CHUNK_PARCELS` | 1000 | parcels of a verification run that are read, judged and kept together |
//! | `DIABA_LEASE_SECONDS` | 20 | a job whose worker was silent for so long goes to another |

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Firm of the papers when none is set.
const FIRM: &str = "Diaba";

#[derive(Debug, Clone)]
pub struct Config {
    pub database_url: String,
    /// Folder of private state: keys, scans, uploads.
    pub home: PathBuf,
    /// Folder of shipped data.
    pub data: PathBuf,
    /// The GDAL guest; none: beside this program.
    pub reader: Option<PathBuf>,
    pub listen: SocketAddr,
    /// `https://...` as browsers see the service; none when it is only reached on its own address.
    pub public_url: Option<String>,
    /// Name of the firm, as papers show it.
    pub firm: String,
    /// The vault's key, when it is not kept in a file.
    pub vault_key: Option<Secret>,
    /// `file://folder` or `s3://bucket/prefix`.
    pub scans: String,
    pub limits: Limits,
}

#[derive(Debug, Clone)]
pub struct Limits {
    pub db_connections: u32,
    /// Memory for large map features and coverages kept between verifications.
    pub map_bytes: usize,
    pub body_bytes: usize,
    pub scan_bytes: usize,
    pub upload_bytes: usize,
    pub request: Duration,
    pub session: time::Duration,
    /// Parcels of a verification run that are one job.
    pub chunk_parcels: u32,
    /// A job whose worker was silent for so long goes to another.
    pub lease: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            db_connections: 20,
            map_bytes: 256 << 20,
            body_bytes: 1 << 20,
            scan_bytes: 25 << 20,
            upload_bytes: 4 << 30,
            request: Duration::from_secs(30),
            session: time::Duration::hours(12),
            chunk_parcels: 1000,
            lease: Duration::from_secs(20),
        }
    }
}

/// A text that is never printed.
#[derive(Clone)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// A setting that cannot be used: which variable, what was found, what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{variable}: found {found}, allowed: {allowed}")]
pub struct ConfigError {
    pub variable: &'static str,
    pub found: String,
    pub allowed: String,
}

impl ConfigError {
    fn new(variable: &'static str, found: impl fmt::Display, allowed: &str) -> Self {
        Self { variable, found: found.to_string(), allowed: allowed.to_owned() }
    }
}

impl Config {
    #[allow(clippy::disallowed_methods, reason = "the one room where settings are read")]
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_lookup(&|name| std::env::var(name).ok().filter(|v| !v.trim().is_empty()))
    }

    /// As [`Config::from_env`], with any source of variables.
    pub fn from_lookup(get: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let database_url = get("DATABASE_URL").ok_or_else(|| {
            ConfigError::new(
                "DATABASE_URL",
                "nothing",
                "postgres://user@host:port/database (scripts/cluster start prints one)",
            )
        })?;
        if !database_url.starts_with("postgres://") && !database_url.starts_with("postgresql://") {
            return Err(ConfigError::new("DATABASE_URL", "another scheme", "postgres://user@host:port/database"));
        }
        let home = PathBuf::from(get("DIABA_HOME").unwrap_or_else(|| ".diaba".into()));
        let data = match get("DIABA_DATA") {
            Some(given) => existing_folder("DIABA_DATA", given)?,
            None => default_data(),
        };
        let listen = get("DIABA_LISTEN").unwrap_or_else(|| "127.0.0.1:8080".into());
        Ok(Self {
            database_url,
            scans: scans_url(get("DIABA_SCANS"), &home)?,
            data,
            reader: get("DIABA_READER").map(PathBuf::from),
            listen: listen
                .parse()
                .map_err(|_| ConfigError::new("DIABA_LISTEN", &listen, "address:port, e.g. 127.0.0.1:8080"))?,
            public_url: public_url(get("DIABA_PUBLIC_URL"))?,
            firm: get("DIABA_FIRM").map_or_else(|| FIRM.to_owned(), |f| f.trim().to_owned()),
            vault_key: vault_key(get("DIABA_VAULT_KEY"))?,
            limits: limits(get)?,
            home,
        })
    }

    /// Settings with every default, for a database and a private folder: tests and one-off tools.
    pub fn with_defaults(database_url: impl Into<String>, home: impl Into<PathBuf>) -> Self {
        let home = home.into();
        Self {
            database_url: database_url.into(),
            data: default_data(),
            reader: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: None,
            firm: FIRM.to_owned(),
            vault_key: None,
            scans: format!("file://{}", home.join("scans").display()),
            limits: Limits::default(),
            home,
        }
    }

    /// Browsers reach us over TLS, so cookies must not travel otherwise.
    pub fn secure_cookies(&self) -> bool {
        self.public_url.as_deref().is_some_and(|u| u.starts_with("https://"))
    }
}

fn existing_folder(variable: &'static str, given: String) -> Result<PathBuf, ConfigError> {
    let path = PathBuf::from(&given);
    if path.is_dir() { Ok(path) } else { Err(ConfigError::new(variable, given, "a folder that exists")) }
}

/// `data` in the working folder, beside the program, or (in a build tree) beside `Cargo.toml` above it.
fn default_data() -> PathBuf {
    let here = PathBuf::from("data");
    if here.is_dir() {
        return here;
    }
    let beside = std::env::current_exe().ok().and_then(|exe| {
        exe.ancestors().skip(1).map(|p| p.join("data")).find(|p| p.join("rules").is_dir() || p.join("i18n").is_dir())
    });
    beside.unwrap_or(here)
}

fn scans_url(given: Option<String>, home: &Path) -> Result<String, ConfigError> {
    let url = given.unwrap_or_else(|| format!("file://{}", home.join("scans").display()));
    let folder = url.strip_prefix("file://").is_some_and(|p| !p.is_empty());
    let bucket = url.strip_prefix("s3://").is_some_and(|b| !b.is_empty() && !b.starts_with('/'));
    if folder || bucket {
        Ok(url)
    } else {
        Err(ConfigError::new("DIABA_SCANS", url, "file://folder or s3://bucket/prefix"))
    }
}

fn public_url(given: Option<String>) -> Result<Option<String>, ConfigError> {
    match given {
        Some(u) if !u.starts_with("https://") && !u.starts_with("http://") => {
            Err(ConfigError::new("DIABA_PUBLIC_URL", u, "https://host or http://host"))
        }
        other => Ok(other.map(|u| u.trim_end_matches('/').to_owned())),
    }
}

fn vault_key(given: Option<String>) -> Result<Option<Secret>, ConfigError> {
    let Some(key) = given else { return Ok(None) };
    let good = hex::decode(key.trim()).is_ok_and(|k| k.len() == 32);
    if good {
        Ok(Some(Secret(key.trim().to_owned())))
    } else {
        Err(ConfigError::new("DIABA_VAULT_KEY", format!("{} characters", key.trim().len()), "64 hex digits (32 bytes)"))
    }
}

fn limits(get: &dyn Fn(&str) -> Option<String>) -> Result<Limits, ConfigError> {
    let d = Limits::default();
    let number = |variable: &'static str, default: u64, low: u64, high: u64| match get(variable) {
        None => Ok(default),
        Some(v) => v
            .trim()
            .parse::<u64>()
            .ok()
            .filter(|n| (low..=high).contains(n))
            .ok_or_else(|| ConfigError::new(variable, v, &format!("a whole number from {low} to {high}"))),
    };
    let bytes = |variable, default: usize| number(variable, default as u64, 1024, 1 << 40).map(|n| n as usize);
    Ok(Limits {
        db_connections: number("DIABA_DB_CONNECTIONS", d.db_connections.into(), 2, 1000)? as u32,
        map_bytes: bytes("DIABA_MAP_BYTES", d.map_bytes)?,
        body_bytes: bytes("DIABA_BODY_BYTES", d.body_bytes)?,
        scan_bytes: bytes("DIABA_SCAN_BYTES", d.scan_bytes)?,
        upload_bytes: bytes("DIABA_UPLOAD_BYTES", d.upload_bytes)?,
        request: Duration::from_secs(number("DIABA_REQUEST_SECONDS", d.request.as_secs(), 1, 3600)?),
        session: time::Duration::hours(number("DIABA_SESSION_HOURS", 12, 1, 24 * 30)? as i64),
        chunk_parcels: number("DIABA_CHUNK_PARCELS", d.chunk_parcels.into(), 1, 10_000)? as u32,
        lease: Duration::from_secs(number("DIABA_LEASE_SECONDS", d.lease.as_secs(), 1, 3600)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(vars: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_lookup(&|n| vars.iter().find(|(k, _)| *k == n).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn only_the_database_must_be_given() {
        let c = read(&[("DATABASE_URL", "postgres://x@y/z")]).unwrap();
        assert_eq!(c.listen.port(), 8080);
        assert_eq!(c.scans, "file://.diaba/scans");
        assert!(!c.secure_cookies());
    }

    #[test]
    fn errors_name_the_variable_and_what_is_allowed() {
        for (variable, value) in [
            ("DIABA_LISTEN", "here"),
            ("DIABA_VAULT_KEY", "abc"),
            ("DIABA_SCANS", "ftp://x"),
            ("DIABA_BODY_BYTES", "-1"),
            ("DIABA_PUBLIC_URL", "diaba.example"),
            ("DIABA_DATA", "/no/such/folder"),
        ] {
            let e = read(&[("DATABASE_URL", "postgres://x@y/z"), (variable, value)]).unwrap_err();
            assert_eq!(e.variable, variable);
            assert!(e.to_string().contains("allowed:"), "{e}");
        }
        assert_eq!(read(&[]).unwrap_err().variable, "DATABASE_URL");
    }

    #[test]
    fn a_key_is_never_shown() {
        let key = "ab".repeat(32);
        let c = read(&[("DATABASE_URL", "postgres://x@y/z"), ("DIABA_VAULT_KEY", &key)]).unwrap();
        assert!(!format!("{c:?}").contains(&key));
        let e = read(&[("DATABASE_URL", "postgres://x@y/z"), ("DIABA_VAULT_KEY", &key[1..])]).unwrap_err();
        assert!(!e.to_string().contains(&key[1..]));
    }
}
