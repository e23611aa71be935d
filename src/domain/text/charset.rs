//! Encodings that Vietnamese maps arrive in, to and from Unicode NFC.
//!
//! Byte tables: `data/charsets.toml` (TCVN 5712 as used by ABC fonts, VNI for Windows, VPS, VISCII); CP1258 and CP1252
//! from `encoding_rs`. Bytes are often read as CP1252 on their way here and stored as UTF-8 ("§ång Quan Tiªn");
//! [`Encoding::via_utf8`] says so.

use super::tables::{TABLES, Table};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use unicode_normalization::UnicodeNormalization;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Charset {
    Ascii,
    Utf8,
    /// TCVN 5712 (ABC): FAMIS, MicroStation DGN, `.VnTime` fonts. No accented capitals.
    Tcvn3,
    /// VNI for Windows: base letter and mark byte.
    #[serde(rename = "vni")]
    VniWindows,
    Vps,
    Viscii,
    /// Windows Vietnamese: letter and combining tone.
    Cp1258,
    /// Western European; never detected, only when asked for.
    Cp1252,
}

/// How to read the bytes of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Encoding {
    pub charset: Charset,
    /// The bytes were once read as CP1252 (or Latin-1) and are UTF-8 now.
    pub via_utf8: bool,
}

/// A decoded value: Unicode NFC, and how many characters could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    pub text: String,
    pub lost: usize,
}

/// A character that the encoding does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{charset} cannot write {letter:?}")]
pub struct NotInCharset {
    pub charset: Charset,
    pub letter: char,
}

impl Charset {
    pub const ALL: [Charset; 8] =
        [Self::Ascii, Self::Utf8, Self::Tcvn3, Self::VniWindows, Self::Vps, Self::Viscii, Self::Cp1258, Self::Cp1252];

    pub fn name(self) -> &'static str {
        match self {
            Self::Ascii => "ascii",
            Self::Utf8 => "utf8",
            Self::Tcvn3 => "tcvn3",
            Self::VniWindows => "vni",
            Self::Vps => "vps",
            Self::Viscii => "viscii",
            Self::Cp1258 => "cp1258",
            Self::Cp1252 => "cp1252",
        }
    }

    fn table(self) -> Option<&'static Table> {
        match self {
            Self::Tcvn3 => Some(&TABLES.tcvn3),
            Self::VniWindows => Some(&TABLES.vni),
            Self::Vps => Some(&TABLES.vps),
            Self::Viscii => Some(&TABLES.viscii),
            Self::Ascii | Self::Utf8 | Self::Cp1258 | Self::Cp1252 => None,
        }
    }

    /// Raw bytes to NFC. A byte the table lacks is kept as its CP1252 character and counted as lost.
    pub fn decode(self, bytes: &[u8]) -> Decoded {
        let (text, lost) = match self {
            Self::Ascii | Self::Utf8 => lossy(&String::from_utf8_lossy(bytes)),
            Self::Cp1258 => lossy(&encoding_rs::WINDOWS_1258.decode_without_bom_handling(bytes).0),
            Self::Cp1252 => lossy(&encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0),
            Self::Tcvn3 => by_table(bytes, &TABLES.tcvn3),
            Self::VniWindows => by_table(bytes, &TABLES.vni),
            Self::Vps => by_table(bytes, &TABLES.vps),
            Self::Viscii => by_table(bytes, &TABLES.viscii),
        };
        let text = if self == Self::Tcvn3 { raise_capitals(&text) } else { text };
        Decoded { text, lost }
    }

    /// Unicode to bytes, as converters do: TCVN3 writes accented capitals with the lower-case byte.
    pub fn encode(self, text: &str) -> Result<Vec<u8>, NotInCharset> {
        let refuse = |letter| NotInCharset { charset: self, letter };
        match (self, self.table()) {
            (_, Some(table)) => encode_by_table(self, table, text),
            (Self::Cp1258, None) => encode_cp1258(text).map_err(refuse),
            (Self::Cp1252, None) => {
                encode_single(encoding_rs::WINDOWS_1252, &text.nfc().collect::<String>()).map_err(refuse)
            }
            (Self::Ascii, None) => match text.chars().find(|c| !c.is_ascii()) {
                Some(c) => Err(refuse(c)),
                None => Ok(text.as_bytes().to_vec()),
            },
            (_, None) => Ok(text.as_bytes().to_vec()),
        }
    }
}

impl Encoding {
    pub const UTF8: Encoding = Encoding { charset: Charset::Utf8, via_utf8: false };

    pub fn plain(charset: Charset) -> Self {
        Self { charset, via_utf8: false }
    }

    /// Bytes of one value to NFC. A value that was never CP1252 stays as it is when the column is read `via_utf8`.
    pub fn decode(self, bytes: &[u8]) -> Decoded {
        if !self.via_utf8 {
            return self.charset.decode(bytes);
        }
        match std::str::from_utf8(bytes).ok().and_then(unwrap_latin) {
            Some(raw) => self.charset.decode(&raw),
            None => Charset::Utf8.decode(bytes),
        }
    }

    /// A value that reached us as text.
    pub fn decode_text(self, text: &str) -> Decoded {
        self.decode(text.as_bytes())
    }
}

/// Bytes of a text that was made by reading them as CP1252 or Latin-1; none when it holds any other character.
pub fn unwrap_latin(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|c| match u32::from(c) {
            code @ 0..=0xFF => u8::try_from(code).ok(),
            _ => cp1252_byte(c),
        })
        .collect()
}

fn cp1252_byte(c: char) -> Option<u8> {
    let mut buffer = [0; 4];
    let (bytes, _, unmappable) = encoding_rs::WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
    (!unmappable && bytes.len() == 1).then(|| bytes[0])
}

fn lossy(text: &str) -> (String, usize) {
    (text.nfc().collect(), text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count())
}

fn by_table(bytes: &[u8], table: &Table) -> (String, usize) {
    let (mut text, mut lost, mut at) = (String::with_capacity(bytes.len()), 0, 0);
    while at < bytes.len() {
        let byte = bytes[at];
        let (letter, taken) = table.head(&bytes[at..]).unwrap_or_else(|| {
            if !byte.is_ascii() {
                lost += 1;
            }
            (encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next().unwrap_or(' '), 1)
        });
        text.push(letter);
        at += taken;
    }
    (text.nfc().collect(), lost)
}

/// TCVN3 prints accented capitals as lower-case bytes in a capital font: where the ASCII letters of a word are all
/// capitals (two at least), its accented letters are capitals too; so are all words of a text with such a word and no
/// small ASCII letter.
fn raise_capitals(text: &str) -> String {
    let shouting =
        |w: &str| w.chars().filter(char::is_ascii_uppercase).count() > 1 && !w.chars().any(|c| c.is_ascii_lowercase());
    if !text.split_whitespace().any(shouting) {
        return text.to_owned();
    }
    if !text.chars().any(|c| c.is_ascii_lowercase()) {
        return text.to_uppercase();
    }
    text.split_inclusive(char::is_whitespace)
        .map(|w| if shouting(w) { w.to_uppercase() } else { w.to_owned() })
        .collect()
}

fn encode_by_table(charset: Charset, table: &Table, text: &str) -> Result<Vec<u8>, NotInCharset> {
    let mut out = Vec::with_capacity(text.len());
    for c in text.nfc() {
        let small = c.to_lowercase().next().unwrap_or(c);
        if let Some(bytes) = table.bytes(c) {
            out.extend_from_slice(bytes);
        } else if c.is_ascii() {
            out.push(c as u8);
        } else if let (Charset::Tcvn3, Some(bytes)) = (charset, table.bytes(small)) {
            out.extend_from_slice(bytes);
        } else {
            return Err(NotInCharset { charset, letter: c });
        }
    }
    Ok(out)
}

fn encode_cp1258(text: &str) -> Result<Vec<u8>, char> {
    let mut out = Vec::with_capacity(text.len());
    for c in text.nfc() {
        let single = encode_single(encoding_rs::WINDOWS_1258, c.encode_utf8(&mut [0; 4]));
        let bytes = single.or_else(|_| {
            let (letter, tone) = super::fold::split_tone(c);
            let parts: String = [Some(letter), tone].into_iter().flatten().collect();
            encode_single(encoding_rs::WINDOWS_1258, &parts).map_err(|_| c)
        })?;
        out.extend(bytes);
    }
    Ok(out)
}

fn encode_single(to: &'static encoding_rs::Encoding, text: &str) -> Result<Vec<u8>, char> {
    let (bytes, _, unmappable) = to.encode(text);
    if !unmappable {
        return Ok(bytes.into_owned());
    }
    let culprit = text.chars().find(|c| to.encode(c.encode_utf8(&mut [0; 4])).2);
    Err(culprit.unwrap_or(char::REPLACEMENT_CHARACTER))
}

impl fmt::Display for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name no encoding has; `Charset::ALL` are the ones there are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown encoding {0:?}")]
pub struct UnknownCharset(pub String);

impl FromStr for Charset {
    type Err = UnknownCharset;
    /// Takes the usual names: `tcvn3`, `abc`, `vni-windows`, `cp1258`, `utf-8` ...
    fn from_str(name: &str) -> Result<Self, UnknownCharset> {
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        Ok(match plain.as_str() {
            "ascii" => Self::Ascii,
            "utf8" | "unicode" => Self::Utf8,
            "tcvn3" | "tcvn" | "abc" | "tcvn3abc" | "tcvn57121" => Self::Tcvn3,
            "vni" | "vniwin" | "vniwindows" => Self::VniWindows,
            "vps" => Self::Vps,
            "viscii" => Self::Viscii,
            "cp1258" | "windows1258" => Self::Cp1258,
            "cp1252" | "windows1252" | "latin1" | "iso88591" => Self::Cp1252,
            _ => return Err(UnknownCharset(name.to_owned())),
        })
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.charset, if self.via_utf8 { "+utf8" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(charset: Charset, hex_bytes: &str, text: &str) {
        let bytes = hex::decode(hex_bytes.replace(' ', "")).unwrap();
        assert_eq!(charset.decode(&bytes), Decoded { text: text.to_owned(), lost: 0 }, "{charset}");
        assert_eq!(charset.encode(text).unwrap(), bytes, "{charset}");
    }

    #[test]
    fn published_vectors() {
        check(Charset::Tcvn3, "a7 e5 6e 67 20 51 75 61 6e 20 54 69 aa 6e", "Đồng Quan Tiên");
        check(Charset::Tcvn3, "54 68 f6 61 20 ae ca 74 20 73 e8 20 31 32 33", "Thửa đất số 123");
        check(Charset::Tcvn3, "51 75 b6 6e 67 20 4e 67 b7 69", "Quảng Ngãi");
        check(Charset::Viscii, "4e 67 75 79 ad 6e 20 56 e5 6e 20 d0 d1 63", "Nguyễn Văn Đức");
        check(Charset::VniWindows, "58 69 6e 20 63 68 61 f8 6f 20 63 61 f9 63 20 62 61 ef 6e", "Xin chào các bạn");
        check(Charset::Cp1258, "d0 f4 cc 6e 67", "Đồng");
    }

    #[test]
    fn capitals_in_tcvn3_come_back() {
        let bytes = Charset::Tcvn3.encode("NGUYỄN VĂN BÀ").unwrap();
        assert_eq!(Charset::Tcvn3.decode(&bytes).text, "NGUYỄN VĂN BÀ");
        assert_eq!(Charset::Tcvn3.decode(&Charset::Tcvn3.encode("Bà Lê Á").unwrap()).text, "Bà Lê á");
        assert_eq!(Charset::Tcvn3.decode(&Charset::Tcvn3.encode("UBND xã Ấp Bà").unwrap()).text, "UBND xã ấp Bà");
    }

    #[test]
    fn what_a_charset_lacks_is_named() {
        assert_eq!(Charset::Vps.encode("Ạ"), Err(NotInCharset { charset: Charset::Vps, letter: 'Ạ' }));
        assert_eq!(Charset::Tcvn3.decode(b"\xff").lost, 1);
        assert_eq!("ABC".parse(), Ok(Charset::Tcvn3));
        assert!("klingon".parse::<Charset>().is_err());
        for charset in Charset::ALL {
            assert_eq!(charset.name().parse(), Ok(charset));
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(text in "[a-zàáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ 0-9]{0,40}") {
            for charset in [Charset::Tcvn3, Charset::VniWindows, Charset::Vps, Charset::Viscii, Charset::Cp1258, Charset::Utf8] {
                let bytes = charset.encode(&text).unwrap();
                prop_assert_eq!(charset.decode(&bytes).text, text.as_str(), "{}", charset);
                let wrapped: String = bytes.iter().map(|b| char::from(*b)).collect();
                let through = Encoding { charset, via_utf8: true };
                prop_assert_eq!(through.decode_text(&wrapped).text, text.as_str());
            }
        }
    }
}
