//! Letters taken apart: base letter, quality mark (â ă ê ô ơ ư) and tone; and words without marks.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{compose, decompose_canonical};

const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];

/// Letter without its tone, and the tone as a combining mark: `ề` gives `ê`, U+0300.
pub fn split_tone(c: char) -> (char, Option<char>) {
    let (mut letter, mut tone) = (None, None);
    decompose_canonical(c, |part| {
        if TONES.contains(&part) {
            tone = Some(part);
        } else {
            letter = Some(letter.map_or(part, |l| compose(l, part).unwrap_or(l)));
        }
    });
    (letter.unwrap_or(c), tone)
}

/// Without any mark and in small letters: `Đường Lê Lợi` gives `duong le loi`.
pub fn plain(text: &str) -> String {
    bare(text).flat_map(char::to_lowercase).collect()
}

/// Without any mark, capitals kept: `Đường Lê Lợi` gives `Duong Le Loi`.
pub fn unmarked(text: &str) -> String {
    bare(text).collect()
}

fn bare(text: &str) -> impl Iterator<Item = char> {
    text.nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).map(|c| match c {
        'đ' => 'd',
        'Đ' => 'D',
        c => c,
    })
}

/// With a capital letter at its beginning.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// [`plain`], and only letters and digits: `So_hieu to bản đồ` gives `sohieutobando`.
pub fn squeezed(text: &str) -> String {
    plain(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// NFC, trimmed, runs of white space as one space.
pub fn tidy(text: &str) -> String {
    let composed: String = text.nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_capitals_stay_or_come() {
        assert_eq!(plain("Đường Lê Lợi"), "duong le loi");
        assert_eq!(unmarked("Đường Lê Lợi"), "Duong Le Loi");
        assert_eq!(capital("đơn đăng ký"), "Đơn đăng ký");
    }
}
