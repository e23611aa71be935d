//! Personal names: one spelling for all dresses of a name, and how near two names are.

use super::fold::{plain, split_tone, tidy};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// How two written names agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "match", content = "distance")]
pub enum NameMatch {
    /// Letter by letter, after case, spaces, titles and the place of the tone mark (`Hoà`, `Hòa`) are put aside.
    Same,
    /// Same without tone and quality marks, or but for `i`/`y` (`Lý`, `Lí`): a person should look, registers mix them up.
    SameWithoutMarks,
    /// So many letters apart without marks; at most a fifth of the name.
    Similar(u32),
    Different,
}

const TITLES: [&str; 12] = [
    "ông/bà",
    "ông / bà",
    "ông (bà)",
    "hộ gia đình ông",
    "hộ gia đình bà",
    "hộ ông",
    "hộ bà",
    "hộ",
    "ông",
    "bà",
    "cụ",
    "và vợ là",
];

/// For show: NFC, single spaces, without title, capital initials. `  ông: NGUYỄN  VĂN an ` gives `Nguyễn Văn An`.
pub fn normalise(name: &str) -> String {
    let bare = without_title(&tidy(name));
    bare.split(' ').map(capitalised).collect::<Vec<_>>().join(" ")
}

/// Compares two names as papers and registers write them. An empty name is like no other.
pub fn compare(a: &str, b: &str) -> NameMatch {
    let (a, b) = (without_title(&tidy(a)).to_lowercase(), without_title(&tidy(b)).to_lowercase());
    if a.is_empty() || b.is_empty() {
        return NameMatch::Different;
    }
    if words(&a) == words(&b) {
        return NameMatch::Same;
    }
    let (a, b) = (bare_key(&a), bare_key(&b));
    if a == b {
        return NameMatch::SameWithoutMarks;
    }
    let apart = distance(&a, &b);
    let longest = a.chars().count().max(b.chars().count());
    if apart * 5 <= longest {
        NameMatch::Similar(u32::try_from(apart).unwrap_or(u32::MAX))
    } else {
        NameMatch::Different
    }
}

/// Takes titles off the front, as long as a name stays.
fn without_title(name: &str) -> String {
    let mut rest = name.trim_matches(|c: char| !c.is_alphanumeric());
    loop {
        let small = rest.to_lowercase();
        let shorter = TITLES.iter().find_map(|title| {
            let after = small.strip_prefix(title)?;
            let parted = after.starts_with([' ', ':', '.', ',']);
            let tail_chars = after.chars().count();
            let start = rest.char_indices().rev().nth(tail_chars.checked_sub(1)?)?.0;
            parted.then(|| rest[start..].trim_start_matches(|c: char| !c.is_alphanumeric()))
        });
        match shorter {
            Some(name) if !name.is_empty() => rest = name,
            _ => return rest.to_owned(),
        }
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|head| head.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect())
        .unwrap_or_default()
}

/// Words with the tone taken out and put behind, so that its place does not count.
fn words(name: &str) -> Vec<(String, Vec<char>)> {
    let part = |word: &str| {
        let (mut letters, mut tones) = (String::new(), Vec::new());
        for c in word.nfc() {
            let (letter, tone) = split_tone(c);
            letters.push(letter);
            tones.extend(tone);
        }
        (letters, tones)
    };
    name.split(|c: char| !c.is_alphanumeric() && !is_mark(c)).filter(|w| !w.is_empty()).map(part).collect()
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Without marks, and `y` as `i` where it is the whole rhyme after a consonant (`ly`, `my`, `quy`).
fn bare_key(name: &str) -> String {
    let bare = plain(name);
    let words =
        bare.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(|word| match word.strip_suffix('y') {
            Some(head) if !head.is_empty() && (head == "qu" || !head.ends_with(['a', 'e', 'o', 'u'])) => {
                format!("{head}i")
            }
            _ => word.to_owned(),
        });
    words.collect::<Vec<_>>().join(" ")
}

/// Letters to change, add or take away.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let cost = (corner + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            corner = std::mem::replace(&mut row[j + 1], cost);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dress_does_not_count() {
        for (a, b) in [
            ("NGUYỄN VĂN AN", "Nguyễn Văn An"),
            ("Ông: Nguyễn  Văn An", "nguyễn văn an"),
            ("Hộ ông Trần Hoà", "TRẦN HÒA"),
            ("Ông/bà Lê Thuý", "Lê Thúy"),
            ("Đỗ Đức", "ĐỖ ĐỨC"),
            ("bà Bà Triệu", "Triệu"),
        ] {
            assert_eq!(compare(a, b), NameMatch::Same, "{a} | {b}");
        }
        assert_eq!(normalise("  ông: NGUYỄN  VĂN an "), "Nguyễn Văn An");
        assert_eq!(normalise("Bà"), "Bà");
    }

    #[test]
    fn near_and_far() {
        assert_eq!(compare("Nguyễn Thị Lý", "Nguyễn Thị Lí"), NameMatch::SameWithoutMarks);
        assert_eq!(compare("Nguyen Van An", "Nguyễn Văn An"), NameMatch::SameWithoutMarks);
        assert_eq!(compare("Đặng Văn Dũng", "Dang Van Dung"), NameMatch::SameWithoutMarks);
        assert_eq!(compare("Nguyễn Văn An", "Nguyễn Văn Anh"), NameMatch::Similar(1));
        assert_eq!(compare("Nguyễn Văn An", "Trần Thị Bình"), NameMatch::Different);
        assert_eq!(compare("Nguyễn Văn Thủy", "Nguyễn Văn Thui"), NameMatch::Similar(1));
        assert_eq!(compare("", ""), NameMatch::Different);
        assert_eq!(compare("Lê A", "Lê B"), NameMatch::Different);
    }

    const LETTERS: &str =
        "[A-Za-zàáạảãăằắâầấđèéêềếìíòóôồơờùúưừỳýÀÁĐÊÔƠƯ]{1,7}( [A-Za-zàáạảãăằắâầấđèéêềếìíòóôồơờùúưừỳý]{1,7}){0,3}";

    proptest! {
        #[test]
        fn a_name_is_itself(name in LETTERS) {
            let decomposed: String = name.nfd().collect();
            prop_assert_eq!(compare(&name, &name), NameMatch::Same);
            prop_assert_eq!(compare(&name, &decomposed), NameMatch::Same);
            prop_assert_eq!(compare(&name, &normalise(&name)), NameMatch::Same);
            prop_assert_eq!(normalise(&normalise(&name)), normalise(&name));
            // `bà` in front is a title; without its mark it is a name
            let bare = compare(&name, &plain(&normalise(&name)));
            prop_assert!(matches!(bare, NameMatch::Same | NameMatch::SameWithoutMarks));
        }

        #[test]
        fn order_does_not_count(a in LETTERS, b in LETTERS) {
            prop_assert_eq!(compare(&a, &b), compare(&b, &a));
        }

        #[test]
        fn never_panics(a in "\\PC{0,20}", b in "\\PC{0,20}") {
            let _ = (compare(&a, &b), normalise(&a));
        }
    }
}
