//! What a run is signed by: one signature per chunk over all its verdicts, and one root over the chunks.

use crate::domain::verify::sha256_hex;
use std::fmt::Write as _;
use time::Date;
use uuid::Uuid;

/// What the signature of a chunk is for.
pub const CHUNK: &str = "diaba.chunk/2";
/// What a run's root stands for in the audit.
pub const RUN: &str = "diaba.run/1";

/// Which chunk it is: in which place of its run, of which cadastral zone (EPSG), as of which day. Not of which run: that stands in the
/// audit with the root, and two runs that say the same have the same root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkName {
    pub no: i32,
    pub zone: i32,
    pub as_of: Date,
}

/// Digest of a chunk, hex: over its name and a line per parcel, in the chunk's order, of its id and the digest of its record, or `-` for
/// one that could not be judged. One record and the other lines prove membership.
pub fn chunk_digest<'a>(name: ChunkName, parcels: impl Iterator<Item = (Uuid, Option<&'a [u8; 32]>)>) -> String {
    let mut text = format!("{CHUNK}\n{} {} {}\n", name.no, name.zone, name.as_of);
    for (id, digest) in parcels {
        let digest = digest.map_or_else(|| "-".to_owned(), hex::encode);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{id} {digest}");
    }
    sha256_hex(text)
}

/// Root of a run, hex: over its chunks' digests in order.
pub fn run_root(chunks: &[String]) -> String {
    sha256_hex(format!("{RUN}\n{}\n", chunks.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_missing_or_moved_verdict_changes_the_digest() {
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let (x, y) = ([1; 32], [2; 32]);
        let name = ChunkName { no: 3, zone: 5899, as_of: time::macros::date!(2026 - 11 - 28) };
        let both = [(a, Some(&x)), (b, Some(&y))];
        let whole = chunk_digest(name, both.into_iter());
        for other in [
            ChunkName { no: 4, ..name },
            ChunkName { zone: 5896, ..name },
            ChunkName { as_of: time::macros::date!(2026 - 11 - 29), ..name },
        ] {
            assert_ne!(whole, chunk_digest(other, both.into_iter()));
        }
        for other in [
            vec![(a, Some(&x)), (b, Some(&x))],
            vec![(a, Some(&x))],
            vec![(b, Some(&y)), (a, Some(&x))],
            vec![(a, Some(&x)), (b, None)],
        ] {
            assert_ne!(whole, chunk_digest(name, other.into_iter()));
        }
        let twice = [whole.clone(), whole];
        assert_ne!(run_root(&twice[..1]), run_root(&twice));
    }
}
