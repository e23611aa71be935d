//! One form of bytes for one value: RFC 8785 (JSON Canonicalization Scheme), and SHA-256 over it.

use super::jcs;
use serde::Serialize;
use sha2::{Digest, Sha256};

#[derive(Debug, thiserror::Error)]
#[error("no canonical form: {0}")]
pub struct CanonicalError(String);

impl serde::ser::Error for CanonicalError {
    fn custom<T: std::fmt::Display>(text: T) -> Self {
        Self(text.to_string())
    }
}

/// Canonical JSON: keys sorted by UTF-16 units, numbers as ECMAScript writes them, no white space.
///
/// # Errors
/// A number that is not finite, a whole one that a double cannot hold, a key that is no text or stands twice.
pub fn canonical<T: Serialize + ?Sized>(value: &T) -> Result<String, CanonicalError> {
    jcs::to_string(value)
}

/// SHA-256 of the canonical form.
///
/// # Errors
/// As [`canonical`].
pub fn canonical_sha256<T: Serialize + ?Sized>(value: &T) -> Result<[u8; 32], CanonicalError> {
    Ok(Sha256::digest(jcs::to_bytes(value)?).into())
}

/// SHA-256 in lower-case hex.
pub fn sha256_hex(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    #[test]
    fn follows_rfc_8785() {
        let value =
            json!({"b": 1.0, "a": [-0.0, 1e21, 0.000_001, 1e-7, 333_333_333.333_333_3], "đ": "\u{20ac}\n", "A": null});
        let expected = "{\"A\":null,\"a\":[0,1e+21,0.000001,1e-7,333333333.3333333],\"b\":1,\"đ\":\"\u{20ac}\\n\"}";
        assert_eq!(canonical(&value).unwrap(), expected);
    }

    #[test]
    fn keys_are_ordered_by_what_they_say_in_utf16() {
        let value =
            json!({"\u{fb33}": 1, "\u{1f600}": 2, "\u{20ac}": 3, "\r": 4, "1": 5, "\u{80}": 6, "ö": 7, "\"": 8});
        let order: Vec<char> = canonical(&value).unwrap().chars().filter(char::is_ascii_digit).collect();
        // of the RFC's example, "1" itself being a key too
        assert_eq!(order, ['4', '8', '1', '5', '6', '7', '3', '2', '1']);
    }

    #[derive(Serialize)]
    enum Form {
        Unit,
        New(i64),
        Pair(bool, char),
        Named { z: Option<u8>, a: () },
    }

    #[test]
    fn writes_every_form_as_serde_json_means_it() {
        let all = (Form::Unit, Form::New(-7), Form::Pair(true, '\u{7}'), Form::Named { z: None, a: () });
        let expected = serde_json_canonicalizer::to_string(&all).unwrap();
        assert_eq!(canonical(&all).unwrap(), expected);
        let numbered: BTreeMap<i32, &str> = [(10, "x"), (9, "y"), (-1, "z")].into();
        assert_eq!(canonical(&numbered).unwrap(), r#"{"-1":"z","10":"x","9":"y"}"#);
    }

    #[test]
    fn what_json_cannot_hold_is_refused() {
        assert!(canonical(&f64::NAN).unwrap_err().to_string().contains("NaN"));
        assert!(canonical(&[f64::NEG_INFINITY]).is_err());
        assert!(canonical(&(1i64 << 53)).is_ok());
        assert!(canonical(&((1i64 << 53) + 1)).unwrap_err().to_string().contains("9007199254740993"));
        assert!(canonical(&BTreeMap::from([(vec![1], 2)])).is_err(), "a list is no key");
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            any::<f64>().prop_filter("finite", |v| v.is_finite()).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            "[\u{0}-\u{20}\"\\\\a-c]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 60, 8, |inner| {
            let key = prop_oneof![any::<String>(), "[a-c\u{0}\"\\\\\u{e000}\u{10000}]{0,3}"];
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::btree_map(key, inner, 0..8).prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn writes_thousandths_as_another_writer(n in -20_000_000_000_000_000i64..20_000_000_000_000_000, few in -5000i64..5000) {
            let values = [n as f64 / 1000.0, few as f64 / 1000.0, few as f64, f64::from(few as f32 * 0.001)];
            let expected = serde_json_canonicalizer::to_string(&values).unwrap();
            prop_assert_eq!(canonical(&values).unwrap(), expected.as_str());
            prop_assert_eq!(canonical_sha256(&values).unwrap(), <[u8; 32]>::from(Sha256::digest(expected)));
        }

        #[test]
        fn agrees_with_another_writer(value in values()) {
            prop_assert_eq!(canonical(&value).unwrap(), serde_json_canonicalizer::to_string(&value).unwrap());
        }
    }

    #[test]
    fn known_digest() {
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
