//! The words of problems in both languages, from `data/i18n/problems*.toml`.

use super::{FieldProblem, phrases};
use crate::domain::theme::Bilingual;
use crate::domain::verify::text::Lang;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Words {
    problem: BTreeMap<String, Bilingual>,
    field: BTreeMap<String, Bilingual>,
    conflict: BTreeMap<String, Bilingual>,
    forbidden: BTreeMap<String, Bilingual>,
    /// By noun: why it is not there, and what makes it; `{id}` is what was asked for.
    absent: BTreeMap<String, Bilingual>,
}

const FILES: [&str; 5] = [
    include_str!("../../../data/i18n/problems.toml"),
    include_str!("../../../data/i18n/problems_papers.toml"),
    include_str!("../../../data/i18n/problems_contract.toml"),
    include_str!("../../../data/i18n/problems_care.toml"),
    include_str!("../../../data/i18n/problems_desk.toml"),
];

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut all = Words::default();
    // The files are part of the program; `every_word_is_there_in_both_languages` proves that they read.
    for words in FILES.iter().filter_map(|file| toml::from_str::<Words>(file).ok()) {
        all.problem.extend(words.problem);
        all.field.extend(words.field);
        all.conflict.extend(words.conflict);
        all.forbidden.extend(words.forbidden);
        all.absent.extend(words.absent);
    }
    all
});

/// Why an act was not done, by the last part of the problem's type: `not-found`, `conflict`, `refused`, ...
pub fn title(slug: &str, lang: Lang) -> String {
    WORDS.problem.get(slug).map_or(slug, |b| b.in_lang(lang)).to_owned()
}

/// The reason in words: of a code (why the state does not allow it, why it is not for this caller), or of what is not there.
/// `detail` is what the act says itself, in English; of what was not found (`code`: its noun) the noun and what was asked for.
pub fn detail(slug: &str, code: Option<&str>, detail: Option<&str>, lang: Lang) -> Option<String> {
    if let ("not-found", Some(noun), Some(id)) = (slug, code, code.and_then(|noun| detail?.strip_prefix(noun))) {
        let id = id.trim_start();
        let plain = || format!("{} {id}", spoken_noun(noun, lang)).trim_end().to_owned();
        let absent = WORDS.absent.get(noun).filter(|_| !id.is_empty());
        return Some(absent.map_or_else(plain, |b| b.in_lang(lang).replace("{id}", id)));
    }
    let words = if slug == "forbidden" { &WORDS.forbidden } else { &WORDS.conflict };
    let said = code.and_then(|c| words.get(c)).map(|b| b.in_lang(lang).to_owned());
    // An id says nothing to people where the reason has words.
    let id = |d: &str| d.split('/').any(|part| uuid::Uuid::parse_str(part).is_ok());
    let detail = detail.filter(|d| said.is_none() || !id(d));
    let code = |d: &str| d.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let spoken = |d: &str| if code(d) { spoken_noun(d, lang) } else { note(d, lang) };
    match (said, detail.map(spoken)) {
        (Some(said), Some(detail)) => Some(format!("{said} ({detail})")),
        (said, detail) => said.or(detail),
    }
}

/// Why a field cannot be taken.
pub fn field(p: &FieldProblem, lang: Lang) -> String {
    let words = WORDS.field.get(&p.code).or_else(|| WORDS.field.get("default"));
    let template = words.map_or("{found}: {allowed}", |b| b.in_lang(lang));
    let (found, allowed) = match (&p.said, lang) {
        (Some(said), Lang::Vi) => (&said.vi.0, &said.vi.1),
        (Some(said), Lang::En) => (&said.en.0, &said.en.1),
        (None, _) => (&p.found, &p.allowed),
    };
    template.replace("{allowed}", &note(allowed, lang)).replace("{found}", &note(found, lang))
}

fn spoken_noun(what: &str, lang: Lang) -> String {
    match lang {
        Lang::Vi => phrases::noun(what).to_owned(),
        Lang::En => what.replace('_', " "),
    }
}

/// What an act says in English, in the language asked for.
fn note(text: &str, lang: Lang) -> String {
    match lang {
        Lang::Vi => phrases::vietnamese(text),
        Lang::En => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_there_in_both_languages() {
        assert!(FILES.iter().all(|f| toml::from_str::<Words>(f).is_ok()));
        for (key, both) in
            WORDS.problem.iter().chain(&WORDS.field).chain(&WORDS.conflict).chain(&WORDS.forbidden).chain(&WORDS.absent)
        {
            assert!(!both.vi.is_empty() && !both.en.is_empty(), "{key}");
        }
        let p = FieldProblem::new("days", "range", 0, "1-366");
        assert_eq!(field(&p, Lang::En), "Found 0; in the range: 1-366");
        let unheard = FieldProblem::new("x", "never-heard-of", "a", "b");
        assert_eq!(field(&unheard, Lang::Vi), "Giá trị không hợp lệ: thấy a; cho phép: b");
    }
}
