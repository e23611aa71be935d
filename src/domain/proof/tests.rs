use super::*;
use crate::domain::check::fixtures as fx;
use crate::domain::verify::{Basis, RuleSet, verify};
use ed25519_dalek::{Signer, SigningKey};
use std::sync::Arc;

fn key(seed: u8) -> (SigningKey, PublicKey) {
    let key = SigningKey::from_bytes(&[seed; 32]);
    let public = PublicKey::from_bytes(key.verifying_key().as_bytes()).unwrap();
    (key, public)
}

fn sign(key: &SigningKey, purpose: &str, digest: &str) -> Signed {
    let signature = key.sign(&signed_bytes(purpose, digest)).to_bytes();
    Signed { key_id: key_id(key.verifying_key().as_bytes()), signature }
}

fn sealed(content: &[u8]) -> Vec<u8> {
    let content = sealable(content.to_vec());
    seal(&content, &sign(&key(1).0, FILE, &file_digest(&content)))
}

const ENDS: [&[u8]; 5] = [
    b"%PDF-1.7\nsomething\nstartxref\n19\n%%EOF\n",
    b"%PDF-1.7\r\nsomething\r\nstartxref\r\n19\r\n%%EOF",
    b"%PDF-1.7\nsomething\n%%EOF\n",
    b"x startxref\n19\n%%EOF\n",
    b"",
];

#[test]
fn any_changed_byte_of_a_sealed_file_is_found() {
    let public = key(1).1;
    for content in ENDS {
        let file = sealed(content);
        assert_eq!(check_file(&file, &public).unwrap().content, sealable(content.to_vec()));
        for i in 0..file.len() {
            for bit in [1u8, 0x20, 0x80] {
                let mut bad = file.clone();
                bad[i] ^= bit;
                assert!(check_file(&bad, &public).is_err(), "byte {i} bit {bit}");
            }
            assert!(check_file(&file[..i], &public).is_err(), "cut at {i}");
        }
        for more in [&b"\n"[..], b"x", b" \n", b"%later\n"] {
            assert!(check_file(&[&file, more].concat(), &public).is_err());
        }
        assert!(matches!(check_file(&file, &key(2).1), Err(Doubt::OtherKey { .. })));
        assert_eq!(check_file(content, &public), Err(Doubt::Unsigned));
        let twice = sealed(&file);
        assert_eq!(check_file(&twice, &public).unwrap().content, file, "a sealed file may be sealed again");
    }
}

#[test]
fn the_end_of_a_pdf_stays_its_end() {
    let text = String::from_utf8(sealed(ENDS[0])).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[2].starts_with("%Diaba-Signature: v1 "), "{text}");
    assert_eq!(lines[3..], ["startxref", "19", "%%EOF"]);
}

/// A PDF as far as embedded files go.
fn pdf(files: &[(&str, bool)]) -> Vec<u8> {
    use std::io::Write;
    let mut out = b"%PDF-1.7\n1 0 obj\n<< /Names << /EmbeddedFiles 2 0 R >> >>\nendobj\n".to_vec();
    for (text, packed) in files {
        let mut content = text.as_bytes().to_vec();
        if *packed {
            let mut zip = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
            zip.write_all(&content).unwrap();
            content = zip.finish().unwrap();
        }
        let filter = if *packed { "/Filter /FlateDecode" } else { "" };
        let head = format!("5 0 obj\n<< /Length {} /Type /EmbeddedFile {filter} >>\nstream\n", content.len());
        out.extend([head.as_bytes(), &content, b"\nendstream\nendobj\n"].concat());
    }
    [&out, &b"startxref\n9\n%%EOF\n"[..]].concat()
}

#[test]
fn the_bundle_inside_a_pdf_is_found() {
    let bundle = bundle();
    let text = serde_json::to_string(&bundle).unwrap();
    let note = ("{\"schema\": \"other\"}", true);
    for packed in [true, false] {
        assert_eq!(carried(&pdf(&[note, (&text, packed)])), Ok(Some(bundle.clone())));
    }
    assert_eq!(carried(&pdf(&[note, ("no json", false)])), Ok(None));
    assert!(matches!(carried(&pdf(&[(&text, true), (&text, false)])), Err(Doubt::Form(_))), "two proofs");
    assert!(matches!(carried(&pdf(&[(&text[..80], true)])), Ok(None)), "half a JSON is none");
    let whole = pdf(&[(&text, true)]);
    assert!(matches!(carried(&whole[..whole.len() / 2]), Err(Doubt::Form(_))));
    let sealed = sealed(&whole);
    let keys = Keyring::from_pem(&[key(2).1.pem().unwrap(), key(1).1.pem().unwrap()].concat()).unwrap();
    assert!(check_report(&sealed, &keys).holds());
    let other = check_report(&sealed, &key(2).1.into());
    assert!(matches!((other.file, other.record), (Err(Doubt::OtherKey { .. }), Err(Doubt::OtherKey { .. }))));
    assert_eq!(Keyring::from_pem(""), Err(Doubt::NotAKey));
}

/// Every doubt has words in both languages.
#[test]
fn doubts_are_told_to_people() {
    use crate::domain::verify::text::{Lang, message};
    let hash = Doubt::Hash { what: "rule-set", said: "a".into(), found: "b".into() };
    let all = [Doubt::NotAKey, Doubt::Forged("file".into()), Doubt::Form("x".into()), hash, Doubt::Unsigned];
    for doubt in all.iter().chain([&Doubt::OtherKey { signed: "a".into(), held: "b".into() }]) {
        for lang in [Lang::Vi, Lang::En] {
            assert!(!message(lang, &doubt.message()).contains("doubt-"), "{doubt:?}");
        }
    }
    assert!(message(Lang::En, &all[3].message()).starts_with("the rule set was changed"));
}

#[test]
fn a_signature_for_one_thing_is_none_for_another() {
    let (secret, public) = key(1);
    let digest = "0".repeat(64);
    let signed = sign(&secret, VERIFICATION, &digest);
    assert_eq!(public.check(VERIFICATION, &digest, &signed), Ok(()));
    assert_eq!(public.check(FILE, &digest, &signed), Err(Doubt::Forged("file".into())));
    assert_eq!(PublicKey::from_pem(&public.pem().unwrap()).unwrap(), public);
    assert_eq!(PublicKey::from_base64(&public.base64()).unwrap(), public);
    assert_eq!(PublicKey::from_pem("nonsense"), Err(Doubt::NotAKey));
    assert_eq!(public.id().len(), 16);
}

fn bundle() -> Bundle {
    let facts = fx::facts();
    let rules = RuleSet::in_force(&fx::rules(), fx::AS_OF, &[Some("01")]).unwrap();
    let record = verify(&facts, &rules);
    let digest = record.digest().unwrap();
    let signed = sign(&key(1).0, VERIFICATION, &digest);
    let basis = Basis { rules: Arc::new(rules), themes: facts.theme_set };
    Bundle::of(&record, &basis, &digest, &signed, &key(1).1).unwrap()
}

#[test]
fn a_bundle_proves_itself_to_who_has_the_key() {
    let bundle = bundle();
    let read = Bundle::from_json(&serde_json::to_string_pretty(&bundle).unwrap()).unwrap();
    let proven = read.check(&key(1).1.into()).unwrap();
    assert_eq!(proven.digest, proven.record.digest().unwrap());
    let cited = proven.record.findings.iter().filter_map(|f| f.rule.as_ref());
    assert!(cited.clone().count() > 0);
    assert!(cited.into_iter().all(|r| proven.basis.rules.cited(r).is_some()));
    assert!(matches!(bundle.check(&key(2).1.into()), Err(Doubt::OtherKey { .. })));
}

#[test]
fn every_part_of_a_bundle_is_proved() {
    let whole = serde_json::to_value(bundle()).unwrap();
    let check = |v: serde_json::Value| Bundle::from_json(&v.to_string()).and_then(|b| b.check(&key(1).1.into()));
    assert!(check(whole.clone()).is_ok());
    let other = key(2).1;
    let wrong = [
        ("/schema", "x".into()),
        ("/record/case/number", "HS-2".into()),
        ("/record/outcome", "can_proceed".into()),
        ("/digest", "0".repeat(64).into()),
        ("/signature", "AAAA".into()),
        ("/key_id", other.id().into()),
        ("/public_key", other.base64().into()),
        ("/rules/rules/0/citation", "x".into()),
        ("/themes/themes/0/required", serde_json::Value::Null),
        ("/themes/themes/0/title/vi", "x".into()),
    ];
    for (path, value) in wrong {
        let mut changed = whole.clone();
        *changed.pointer_mut(path).unwrap() = value;
        assert!(check(changed).is_err(), "{path}");
    }
    let mut more = whole.clone();
    more["note"] = "x".into();
    assert!(matches!(check(more), Err(Doubt::Form(_))));
}
