//! The words of problems in both languages, from `data/i18n/problems*.toml`.

use super::{phrases, problem::Kind};
use crate::domain::problem::FieldProblem;
use crate::domain::theme::Bilingual;
use axum::http::{HeaderMap, header};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Vi,
    En,
}

impl Language {
    /// By `Accept-Language`; Vietnamese when it asks for neither language.
    pub fn of(headers: &HeaderMap) -> Self {
        let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or("");
        let weight = |wanted: &str| -> f32 {
            let offers = asked.split(',').filter_map(|part| {
                let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
                let tag = tag.trim().to_ascii_lowercase();
                let q = rest.trim().strip_prefix("q=").and_then(|q| q.trim().parse().ok()).unwrap_or(1.0);
                (tag == wanted || tag.starts_with(&format!("{wanted}-"))).then_some(q)
            });
            offers.fold(0.0, f32::max)
        };
        if weight("en") > weight("vi") { Self::En } else { Self::Vi }
    }

    pub fn tag(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    fn pick(self, both: &Bilingual) -> &str {
        match self {
            Self::Vi => &both.vi,
            Self::En => &both.en,
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Words {
    problem: BTreeMap<String, Bilingual>,
    field: BTreeMap<String, Bilingual>,
    conflict: BTreeMap<String, Bilingual>,
    forbidden: BTreeMap<String, Bilingual>,
}

const FILES: [&str; 4] = [
    include_str!("../../data/i18n/problems.toml"),
    include_str!("../../data/i18n/problems_papers.toml"),
    include_str!("../../data/i18n/problems_contract.toml"),
    include_str!("../../data/i18n/problems_care.toml"),
];

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut all = Words::default();
    for file in FILES {
        match toml::from_str::<Words>(file) {
            Ok(words) => {
                all.problem.extend(words.problem);
                all.field.extend(words.field);
                all.conflict.extend(words.conflict);
                all.forbidden.extend(words.forbidden);
            }
            Err(error) => tracing::error!(%error, "data/i18n/problems*.toml"),
        }
    }
    all
});

pub fn title(slug: &str, language: Language) -> String {
    WORDS.problem.get(slug).map_or(slug, |b| language.pick(b)).to_owned()
}

/// Why the state does not allow it, or why it is not for this caller; none for a code without words.
pub fn reason(kind: Kind, code: &str, language: Language) -> Option<String> {
    let words = if kind == Kind::Forbidden { &WORDS.forbidden } else { &WORDS.conflict };
    words.get(code).map(|b| language.pick(b).to_owned())
}

pub fn field(p: &FieldProblem, language: Language) -> String {
    let words = WORDS.field.get(&p.code).or_else(|| WORDS.field.get("default"));
    let template = words.map_or("{found}: {allowed}", |b| language.pick(b));
    let (found, allowed) = match (&p.said, language) {
        (Some(said), Language::Vi) => (&said.vi.0, &said.vi.1),
        (Some(said), Language::En) => (&said.en.0, &said.en.1),
        (None, _) => (&p.found, &p.allowed),
    };
    template.replace("{allowed}", &note(allowed, language)).replace("{found}", &note(found, language))
}

/// What was not found.
pub fn noun(what: &str, language: Language) -> &str {
    match language {
        Language::Vi => phrases::noun(what),
        Language::En => what,
    }
}

/// What an act says in English, in the language asked for.
pub fn note(text: &str, language: Language) -> String {
    match language {
        Language::Vi => phrases::vietnamese(text),
        Language::En => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(value: &str) -> Language {
        Language::of(&HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, value.parse().unwrap())]))
    }

    #[test]
    fn vietnamese_unless_english_is_preferred() {
        assert_eq!(Language::of(&HeaderMap::new()), Language::Vi);
        assert_eq!(asked("en-GB,en;q=0.9,vi;q=0.8"), Language::En);
        assert_eq!(asked("vi-VN,vi;q=0.9,en;q=0.8"), Language::Vi);
        assert_eq!(asked("fr"), Language::Vi);
        assert_eq!(asked("en;q=0"), Language::Vi);
    }

    #[test]
    fn every_word_is_there_in_both_languages() {
        assert!(FILES.iter().all(|f| toml::from_str::<Words>(f).is_ok()));
        for (key, both) in WORDS.problem.iter().chain(&WORDS.field).chain(&WORDS.conflict).chain(&WORDS.forbidden) {
            assert!(!both.vi.is_empty() && !both.en.is_empty(), "{key}");
        }
        let p = FieldProblem::new("days", "range", 0, "1-366");
        assert_eq!(field(&p, Language::En), "Found 0; in the range: 1-366");
        let unheard = FieldProblem::new("x", "never-heard-of", "a", "b");
        assert_eq!(field(&unheard, Language::Vi), "Giá trị không hợp lệ: thấy a; cho phép: b");
    }
}
