//! One form of bytes for one value: RFC 8785 (JSON Canonicalization Scheme), and SHA-256 over it.

use serde::Serialize;
use sha2::{Digest, Sha256};

#[derive(Debug, thiserror::Error)]
#[error("no canonical form: {0}")]
pub struct CanonicalError(#[from] serde_json::Error);

/// Canonical JSON: keys sorted by UTF-16 units, numbers as ECMAScript writes them, no white space.
pub fn canonical<T: Serialize>(value: &T) -> Result<String, CanonicalError> {
    Ok(serde_json_canonicalizer::to_string(value)?)
}

/// SHA-256 in lower-case hex.
pub fn sha256_hex(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn follows_rfc_8785() {
        let value =
            json!({"b": 1.0, "a": [-0.0, 1e21, 0.000_001, 1e-7, 333_333_333.333_333_3], "đ": "\u{20ac}\n", "A": null});
        let expected = "{\"A\":null,\"a\":[0,1e+21,0.000001,1e-7,333333333.3333333],\"b\":1,\"đ\":\"\u{20ac}\\n\"}";
        assert_eq!(canonical(&value).unwrap(), expected);
    }

    #[test]
    fn known_digest() {
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
