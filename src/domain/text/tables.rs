//! Byte tables of the legacy encodings, from `data/charsets.toml`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// One encoding: letters of one byte, letters of two bytes, and the way back.
pub(super) struct Table {
    single: [Option<char>; 256],
    pairs: HashMap<(u8, u8), char>,
    back: HashMap<char, Vec<u8>>,
}

pub(super) struct Tables {
    pub tcvn3: Table,
    pub vni: Table,
    pub vps: Table,
    pub viscii: Table,
}

pub(super) static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    // The file is part of the program; `tables_are_whole` proves that nothing of it is passed over here.
    let file: HashMap<String, String> = toml::from_str(include_str!("../../../data/charsets.toml")).unwrap_or_default();
    let table = |name: &str| Table::parse(file.get(name).map(String::as_str).unwrap_or_default());
    Tables { tcvn3: table("tcvn3"), vni: table("vni"), vps: table("vps"), viscii: table("viscii") }
});

impl Table {
    fn parse(text: &str) -> Self {
        let mut table = Self { single: [None; 256], pairs: HashMap::new(), back: HashMap::new() };
        for (bytes, letter) in text.split_whitespace().filter_map(entry) {
            match bytes[..] {
                [b] => table.single[usize::from(b)] = Some(letter),
                [a, b] => {
                    table.pairs.insert((a, b), letter);
                }
                _ => continue,
            }
            table.back.insert(letter, bytes);
        }
        table
    }

    /// Letter at the head of `bytes` and how many bytes it takes.
    pub fn head(&self, bytes: &[u8]) -> Option<(char, usize)> {
        let first = *bytes.first()?;
        if let Some(second) = bytes.get(1)
            && let Some(c) = self.pairs.get(&(first, *second))
        {
            return Some((*c, 2));
        }
        self.single[usize::from(first)].map(|c| (c, 1))
    }

    /// Bytes of a letter.
    pub fn bytes(&self, c: char) -> Option<&[u8]> {
        self.back.get(&c).map(Vec::as_slice)
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.back.len()
    }
}

fn entry(token: &str) -> Option<(Vec<u8>, char)> {
    let (hex_part, letter) = match token.split_once("U+") {
        Some((hex_part, code)) => (hex_part, char::from_u32(u32::from_str_radix(code, 16).ok()?)?),
        None => {
            let last = token.chars().next_back()?;
            (token.strip_suffix(last)?, last)
        }
    };
    Some((hex::decode(hex_part).ok()?, letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_whole() {
        let sizes = [TABLES.tcvn3.len(), TABLES.vni.len(), TABLES.vps.len(), TABLES.viscii.len()];
        assert_eq!(sizes, [74 + 5, 134, 120, 134]);
        let tokens =
            include_str!("../../../data/charsets.toml").split_whitespace().filter(|t| entry(t).is_some()).count();
        assert!(tokens >= sizes.iter().sum());
    }
}
