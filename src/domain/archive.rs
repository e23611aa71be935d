//! The archive of a case: one ZIP whose manifest names every file in it by its hash, signed by the office. Here: the names,
//! the manifest, and its proof by the file alone.

use crate::domain::proof::{Keyring, Signed};
use crate::domain::verify::{CanonicalError, Message, canonical, sha256_hex};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Form of the manifest; also the purpose its signature is given for.
pub const SCHEMA: &str = "diaba.archive/1";
pub const MANIFEST: &str = "manifest.json";
/// The signature over the manifest's SHA-256.
pub const SIGNATURE: &str = "manifest.sig.json";
pub const README: &str = "README.txt";
/// What stands in the README, in both languages.
pub const README_TEXT: &str = include_str!("../../data/archive_readme.txt");

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub schema: String,
    /// Number of the case.
    pub case: String,
    /// In order of their names; all files but manifest and signature.
    pub files: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub name: String,
    pub bytes: u64,
    /// Hex.
    pub sha256: String,
}

impl Manifest {
    pub fn of(case: &str, mut files: Vec<Entry>) -> Self {
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Self { schema: SCHEMA.into(), case: case.into(), files }
    }

    /// Canonical form and its SHA-256, hex.
    ///
    /// # Errors
    /// None with a manifest of this type.
    pub fn sealed_form(&self) -> Result<(String, String), CanonicalError> {
        let text = canonical(self)?;
        let digest = sha256_hex(&text);
        Ok((text, digest))
    }
}

/// The office's signature over the manifest, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignatureFile {
    pub key_id: String,
    /// Ed25519 over [`SCHEMA`], a line feed and the manifest's SHA-256; base64.
    pub signature: String,
}

/// Something in an archive that is not as its manifest says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("{0}: not there")]
    Missing(String),
    #[error("{0}: not in the manifest")]
    Unlisted(String),
    #[error("{0}: stands twice")]
    Twice(String),
    #[error("{name}: its SHA-256 is {found}, the manifest says {listed}")]
    Changed { name: String, found: String, listed: String },
    #[error("{name}: {found} bytes, the manifest says {listed}")]
    Size { name: String, found: u64, listed: u64 },
    #[error("manifest.json: {0}")]
    Manifest(String),
    #[error("manifest.sig.json: {0}")]
    Signature(String),
    #[error("{0}: not a name for a file of an archive")]
    Name(String),
}

impl Fault {
    /// In words for people.
    pub fn message(&self) -> Message {
        let named = |key: &'static str, name: &str| Message::new(key).with("name", name);
        match self {
            Self::Missing(name) => named("archive-fault-missing", name),
            Self::Unlisted(name) => named("archive-fault-unlisted", name),
            Self::Twice(name) => named("archive-fault-twice", name),
            Self::Name(name) => named("archive-fault-name", name),
            Self::Changed { name, found, listed } => {
                named("archive-fault-changed", name).with("found", found.as_str()).with("listed", listed.as_str())
            }
            Self::Size { name, found, listed } => {
                named("archive-fault-size", name).with("found", *found as f64).with("listed", *listed as f64)
            }
            Self::Manifest(why) => named("archive-fault-manifest", why),
            Self::Signature(why) => named("archive-fault-signature", why),
        }
    }
}

/// What was proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved {
    pub case: String,
    pub files: usize,
    pub manifest_sha256: String,
    /// Key whose signature was checked; none: no key was given.
    pub key_id: Option<String>,
}

/// Proves an archive from what was read of it: the manifest and its signature as they are, every other file by its size and
/// hash. All faults at once.
///
/// # Errors
/// Everything that is not as the manifest says.
pub fn prove(
    manifest: &[u8],
    signature: Option<&[u8]>,
    found: &[Entry],
    keys: Option<&Keyring>,
) -> Result<Proved, Vec<Fault>> {
    let read: Manifest = serde_json::from_slice(manifest).map_err(|e| vec![Fault::Manifest(e.to_string())])?;
    let manifest_sha256 = sha256_hex(manifest);
    let mut faults = Vec::new();
    if read.schema != SCHEMA {
        faults.push(Fault::Manifest(format!("schema {} is not known", read.schema)));
    }
    faults.extend(compare(&read.files, found));
    let key_id = match keys.map(|keys| signed(signature, &manifest_sha256, keys)) {
        None => None,
        Some(Ok(id)) => Some(id),
        Some(Err(fault)) => {
            faults.push(fault);
            None
        }
    };
    if faults.is_empty() {
        Ok(Proved { case: read.case, files: read.files.len(), manifest_sha256, key_id })
    } else {
        Err(faults)
    }
}

fn compare(listed: &[Entry], found: &[Entry]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut rest: BTreeMap<&str, &Entry> = BTreeMap::new();
    for entry in found {
        if rest.insert(&entry.name, entry).is_some() {
            faults.push(Fault::Twice(entry.name.clone()));
        }
    }
    for entry in listed {
        if !well_named(&entry.name) {
            faults.push(Fault::Name(entry.name.clone()));
        }
        let name = || entry.name.clone();
        match rest.remove(entry.name.as_str()) {
            None => faults.push(Fault::Missing(name())),
            Some(f) if f.sha256 != entry.sha256 => {
                faults.push(Fault::Changed { name: name(), found: f.sha256.clone(), listed: entry.sha256.clone() });
            }
            Some(f) if f.bytes != entry.bytes => {
                faults.push(Fault::Size { name: name(), found: f.bytes, listed: entry.bytes });
            }
            Some(_) => {}
        }
    }
    faults.extend(rest.into_keys().map(|n| Fault::Unlisted(n.to_owned())));
    faults
}

fn signed(signature: Option<&[u8]>, digest: &str, keys: &Keyring) -> Result<String, Fault> {
    let fault = |e: String| Fault::Signature(e);
    let bytes = signature.ok_or_else(|| fault("not there".into()))?;
    let read: SignatureFile = serde_json::from_slice(bytes).map_err(|e| fault(e.to_string()))?;
    let signed = Signed::read(&read.key_id, &read.signature).map_err(|e| fault(e.to_string()))?;
    let key = keys.get(&signed.key_id).map_err(|e| fault(e.to_string()))?;
    key.check(SCHEMA, digest, &signed).map_err(|e| fault(e.to_string()))?;
    Ok(signed.key_id)
}

/// A relative path of plain letters: no way out of the folder it is unpacked into.
pub fn well_named(name: &str) -> bool {
    let part = |p: &str| !p.is_empty() && p != "." && p != ".." && p.bytes().all(plain);
    name.len() <= 200 && name.split('/').all(part)
}

fn plain(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')
}

/// Ending of a file's name by its media type.
pub fn ending(media_type: &str) -> &'static str {
    match media_type {
        "application/pdf" => "pdf",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/tiff" => "tif",
        "image/webp" => "webp",
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, content: &str) -> Entry {
        Entry { name: name.into(), bytes: content.len() as u64, sha256: sha256_hex(content) }
    }

    fn files() -> Vec<Entry> {
        vec![entry("README.txt", "read"), entry("papers/01-certificate/v1.json", "{}"), entry("timeline.en.txt", "x")]
    }

    fn faults(found: &[Entry]) -> Vec<Fault> {
        let (text, digest) = Manifest::of("HS-1", files()).sealed_form().unwrap();
        match prove(text.as_bytes(), None, found, None) {
            Ok(proved) => {
                assert_eq!((proved.files, proved.manifest_sha256), (3, digest));
                vec![]
            }
            Err(faults) => faults,
        }
    }

    #[test]
    fn every_change_is_named() {
        assert_eq!(faults(&files()), []);
        let changed =
            Fault::Changed { name: "README.txt".into(), found: sha256_hex("raed"), listed: sha256_hex("read") };
        let mut all = files();
        all[0] = entry("README.txt", "raed");
        assert_eq!(faults(&all), [changed]);
        assert_eq!(faults(&files()[1..]), [Fault::Missing("README.txt".into())]);
        let more = [files(), vec![entry("papers/02-other/v1.json", "new")]].concat();
        assert_eq!(faults(&more), [Fault::Unlisted("papers/02-other/v1.json".into())]);
        let twice = [files(), files()[..1].to_vec()].concat();
        assert_eq!(faults(&twice), [Fault::Twice("README.txt".into())]);
        assert!(matches!(prove(b"{", None, &files(), None).unwrap_err()[0], Fault::Manifest(_)));
        let keys = Keyring::of(vec![]);
        let (text, _) = Manifest::of("HS-1", files()).sealed_form().unwrap();
        let unsigned = prove(text.as_bytes(), None, &files(), Some(&keys)).unwrap_err();
        assert_eq!(unsigned, [Fault::Signature("not there".into())]);
    }

    #[test]
    fn no_name_leads_out() {
        for good in ["README.txt", "papers/01-tax_notice/v2.pdf"] {
            assert!(well_named(good), "{good}");
        }
        for bad in ["", "/etc/passwd", "../x", "a/../b", "a//b", "a\\b", "a/", "ạ.txt", "C:x"] {
            assert!(!well_named(bad), "{bad}");
        }
    }
}
