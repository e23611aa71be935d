//! Is this word a Vietnamese syllable? The scorer of encoding detection rests on it.

use super::fold::split_tone;
use std::collections::HashSet;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// How well a word passes for Vietnamese.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// Not: a stranger among the letters, two tones, capitals in odd places.
    No,
    /// Letters, tone and case are possible, onset or rhyme is not known (place names of other languages).
    Loose,
    /// Onset, rhyme and tone belong together.
    Strict,
}

const ONSETS: [&str; 28] = [
    "ngh", "ng", "nh", "ch", "gh", "gi", "kh", "ph", "qu", "th", "tr", "b", "c", "d", "đ", "g", "h", "k", "l", "m",
    "n", "p", "q", "r", "s", "t", "v", "x",
];

const RHYMES: &str = " a ai ao au ay am an ang anh ap at ac ach ăm ăn ăng ăp ăt ăc âu ây âm ân âng âp ât âc \
    e eo em en eng ep et ec ê êu êm ên ênh êp êt êch i ia iu im in inh ip it ich iêu iêm iên iêng iêp iêt iêc \
    o oi om on ong op ot oc oa oai oao oay oam oan oang oanh oap oat oac oach oăm oăn oăng oăt oăc oe oeo oen oet oong ooc \
    ô ôi ôm ôn ông ôp ôt ôc ơ ơi ơm ơn ơp ơt \
    u ua ui um un ung up ut uc uê uy uya uyên uyêt uynh uyt uych uyu uân uâng uât uây uôi uôm uôn uông uôt uôc uênh uêch uơ \
    ư ưa ưi ưu ưng ưt ưc ươi ươu ươm ươn ương ươp ươt ươc y yên yêm yêu yêt yêng yn ynh yt ych yu ya ";

const COMMON: &str = "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý thị văn hữu đức ngọc minh \
    hộ ông bà vợ chồng chủ sử dụng đất thửa tờ bản đồ số diện tích loại mục đích ở nhà nước quản công ty cổ phần \
    ủy ban nhân dân phường xã thị trấn huyện quận tỉnh thành phố đường ngõ hẻm tổ đội thôn ấp xóm khu phố đồng \
    trồng cây lâu năm lúa rừng sản xuất giao thông thủy lợi nghĩa trang quy hoạch kế hoạch";

/// Judges one word (letters only; anything else in it makes it a stranger).
pub fn fit(word: &str) -> Fit {
    let composed: String = word.nfc().collect();
    if !sane_case(&composed) {
        return Fit::No;
    }
    let (mut letters, mut tones) = (String::new(), Vec::new());
    for c in composed.to_lowercase().chars() {
        let (letter, tone) = split_tone(c);
        if !is_letter(letter) || (tone.is_some() && !is_vowel(letter)) {
            return Fit::No;
        }
        letters.push(letter);
        tones.extend(tone);
    }
    if tones.len() > 1 || !letters.chars().any(is_vowel) {
        return Fit::No;
    }
    if is_syllable(&letters, tones.first().copied()) { Fit::Strict } else { Fit::Loose }
}

fn is_syllable(letters: &str, tone: Option<char>) -> bool {
    std::iter::once("")
        .chain(ONSETS)
        .any(|onset| letters.strip_prefix(onset).is_some_and(|rhyme| is_rhyme(rhyme) && tone_goes_with(rhyme, tone)))
}

fn is_rhyme(rhyme: &str) -> bool {
    static SET: LazyLock<HashSet<&str>> = LazyLock::new(|| RHYMES.split_whitespace().collect());
    SET.contains(rhyme)
}

/// Syllables that land records are full of; they decide between readings that are all Vietnamese.
pub fn is_common(word: &str) -> bool {
    static SET: LazyLock<HashSet<&str>> = LazyLock::new(|| COMMON.split_whitespace().collect());
    SET.contains(word.nfc().collect::<String>().to_lowercase().as_str())
}

/// A syllable that ends in a stop carries sắc or nặng.
fn tone_goes_with(rhyme: &str, tone: Option<char>) -> bool {
    let stopped = ["p", "t", "c", "ch"].iter().any(|stop| rhyme.ends_with(stop));
    !stopped || matches!(tone, Some('\u{301}' | '\u{323}'))
}

fn is_letter(c: char) -> bool {
    c.is_ascii_lowercase() || "đăâêôơư".contains(c)
}

fn is_vowel(c: char) -> bool {
    "aăâeêioôơuưy".contains(c)
}

/// All small, all capital, or one capital at the head.
fn sane_case(word: &str) -> bool {
    let mut rest = word.chars();
    let head_is_capital = rest.next().is_some_and(char::is_uppercase);
    let capitals = rest.clone().filter(|c| c.is_uppercase()).count();
    capitals == 0 || (head_is_capital && capitals == rest.count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables() {
        for w in ["Đồng", "quốc", "GIẾNG", "nguyễn", "khuya", "Quỳnh", "huỷ", "hủy", "ở", "gì", "thửa", "Đắk"]
        {
            let expected = if w == "Đắk" { Fit::Loose } else { Fit::Strict };
            assert_eq!(fit(w), expected, "{w}");
        }
        for w in ["§ång", "Tiªn", "ấấ", "tiẾn", "Đ", "hat1", "bt"] {
            assert_eq!(fit(w), Fit::No, "{w}");
        }
        assert_eq!(fit("hàt"), Fit::Loose);
    }
}
