//! Messages, numbers and days in both languages. Texts lie in `data/i18n/{vi,en}/*.ftl`; a new file is one more line in [`FILES`].

use crate::domain::theme::Bilingual;
use crate::domain::verify::{Arg, Message, Quantity, Unit};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;
use time::Date;
use unic_langid::LanguageIdentifier;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lang {
    Vi,
    En,
}

impl Lang {
    /// `vi` or `en`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "vi" => Some(Self::Vi),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    pub const fn tag(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }
}

/// Vietnamese, English.
const FILES: &[(&str, &str)] = &[
    (include_str!("../../../../data/i18n/vi/record.ftl"), include_str!("../../../../data/i18n/en/record.ftl")),
    (include_str!("../../../../data/i18n/vi/papers.ftl"), include_str!("../../../../data/i18n/en/papers.ftl")),
    (include_str!("../../../../data/i18n/vi/land.ftl"), include_str!("../../../../data/i18n/en/land.ftl")),
    (include_str!("../../../../data/i18n/vi/parcel.ftl"), include_str!("../../../../data/i18n/en/parcel.ftl")),
    (include_str!("../../../../data/i18n/vi/opinion.ftl"), include_str!("../../../../data/i18n/en/opinion.ftl")),
    (include_str!("../../../../data/i18n/vi/proof.ftl"), include_str!("../../../../data/i18n/en/proof.ftl")),
    (include_str!("../../../../data/i18n/vi/report.ftl"), include_str!("../../../../data/i18n/en/report.ftl")),
    (include_str!("../../../../data/i18n/vi/advice.ftl"), include_str!("../../../../data/i18n/en/advice.ftl")),
    (include_str!("../../../../data/i18n/vi/case.ftl"), include_str!("../../../../data/i18n/en/case.ftl")),
    (include_str!("../../../../data/i18n/vi/care.ftl"), include_str!("../../../../data/i18n/en/care.ftl")),
    (include_str!("../../../../data/i18n/vi/tasks.ftl"), include_str!("../../../../data/i18n/en/tasks.ftl")),
    (include_str!("../../../../data/i18n/vi/desk.ftl"), include_str!("../../../../data/i18n/en/desk.ftl")),
];

type Bundle = FluentBundle<FluentResource>;
static VI: LazyLock<Bundle> = LazyLock::new(|| bundle(Lang::Vi));
static EN: LazyLock<Bundle> = LazyLock::new(|| bundle(Lang::En));

fn bundle(lang: Lang) -> Bundle {
    let name = if lang == Lang::Vi { "vi" } else { "en" };
    let locale = LanguageIdentifier::from_bytes(name.as_bytes()).unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match lang {
        Lang::Vi => |v, _| Some(comma(plain(v)?)),
        Lang::En => |v, _| plain(v),
    }));
    for (vi, en) in FILES {
        let text = if lang == Lang::Vi { vi } else { en };
        // The files are part of the program; `every_file_reads` proves that nothing is left out here.
        let read = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(part, _)| part);
        bundle.add_resource_overriding(read);
    }
    bundle
}

fn plain(value: &FluentValue<'_>) -> Option<String> {
    match value {
        FluentValue::Number(n) => Some(decimal(n.value)),
        _ => None,
    }
}

fn decimal(v: f64) -> String {
    // At most three decimals, as numbers of a record have; Rust writes the shortest form.
    crate::domain::verify::round3(v).to_string()
}

fn comma(text: String) -> String {
    text.replace('.', ",")
}

fn of(lang: Lang) -> &'static Bundle {
    match lang {
        Lang::Vi => &VI,
        Lang::En => &EN,
    }
}

/// The text of a message. A key that is not known is shown as it is, with its arguments: nothing is hidden.
pub fn message(lang: Lang, m: &Message) -> String {
    let bundle = of(lang);
    let Some(pattern) = bundle.get_message(&m.key).and_then(|t| t.value()) else {
        let args: Vec<String> = m.args.iter().map(|(k, v)| format!("{k}={}", raw(v))).collect();
        return format!("{} {}", m.key, args.join(" ")).trim_end().to_owned();
    };
    // An argument that is not given shows as its name in braces.
    bundle.format_pattern(pattern, Some(&args(lang, m)), &mut Vec::new()).into_owned()
}

/// What stands under a message as `.name`, if anything does.
pub fn attribute(lang: Lang, m: &Message, name: &str) -> Option<String> {
    let bundle = of(lang);
    let pattern = bundle.get_message(&m.key)?.get_attribute(name)?.value();
    Some(bundle.format_pattern(pattern, Some(&args(lang, m)), &mut Vec::new()).into_owned())
}

fn args(lang: Lang, m: &Message) -> FluentArgs<'static> {
    let mut args = FluentArgs::new();
    for (name, arg) in m.args.iter() {
        match arg {
            Arg::Number(n) => args.set(name.clone(), *n),
            Arg::Text(t) if name == "reasons" => args.set(name.clone(), reasons(lang, t)),
            Arg::Text(t) if name == "task" => args.set(name.clone(), task(lang, t)),
            Arg::Text(t) if name == "topic" => args.set(name.clone(), super::spoken::coded(lang, "topic", t)),
            Arg::Text(t) if name == "check" => args.set(name.clone(), super::report::title(lang, t)),
            Arg::Text(t) if name == "facts" => args.set(name.clone(), facts(lang, t)),
            Arg::Text(t) if name == "fields" => args.set(name.clone(), fields(lang, t)),
            Arg::Text(t) => args.set(name.clone(), day(lang, name, t).unwrap_or_else(|| t.to_string())),
        }
    }
    args
}

/// An argument named `date` holds a day as year-month-day; it is shown as the language writes days.
fn day(lang: Lang, name: &str, text: &str) -> Option<String> {
    let form = time::macros::format_description!("[year]-[month]-[day]");
    (name == "date").then(|| Date::parse(text, form).ok()).flatten().map(|d| date(lang, d))
}

/// An argument named `reasons` holds keys with blanks between them; each is shown in words.
fn reasons(lang: Lang, keys: &str) -> String {
    keys.split_whitespace().map(|key| word(lang, key)).collect::<Vec<_>>().join(" ")
}

impl Bilingual {
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }
}

/// The title of a kind of task; what is none is shown as it is. An argument named `task` is shown so.
pub fn task(lang: Lang, kind: &str) -> String {
    crate::domain::plan::task_title(kind).map_or_else(|| kind.to_owned(), |t| t.in_lang(lang).to_owned())
}

/// An argument named `fields` holds paths of fields of papers with commas between them; each is shown in words.
fn fields(lang: Lang, paths: &str) -> String {
    let segment = |s: &str| {
        let code = s.split('[').next().unwrap_or(s);
        message(lang, &Message::new("paper-field").with("field", code))
    };
    let path = |p: &str| p.split('.').map(segment).collect::<Vec<_>>().join(": ");
    paths.split(", ").map(path).collect::<Vec<_>>().join(", ")
}

/// An argument named `facts` holds codes of what fees are worked out of, with commas between them; each is shown in words.
fn facts(lang: Lang, codes: &str) -> String {
    let one = |code: &str| message(lang, &Message::new("fee-fact").with("fact", code));
    codes.split(", ").map(one).collect::<Vec<_>>().join(", ")
}

fn raw(arg: &Arg) -> String {
    match arg {
        Arg::Number(n) => decimal(*n),
        Arg::Text(t) => t.to_string(),
    }
}

/// The text of a key that takes no arguments.
pub fn word(lang: Lang, key: &str) -> String {
    message(lang, &Message::new(key.to_owned()))
}

pub(super) fn has(lang: Lang, key: &str) -> bool {
    of(lang).has_message(key)
}

/// A number with a decimal comma (vi) or point (en).
pub fn number(lang: Lang, v: f64) -> String {
    match lang {
        Lang::Vi => comma(decimal(v)),
        Lang::En => decimal(v),
    }
}

/// A quantity with its unit.
pub fn quantity(lang: Lang, q: &Quantity) -> String {
    let key = match q.unit {
        Unit::SquareMetre => "unit-square-metre",
        Unit::Metre => "unit-metre",
        Unit::Percent => "unit-percent",
        Unit::Day => "unit-day",
        Unit::Count => return number(lang, q.value),
        Unit::Pixel => "unit-pixel",
    };
    message(lang, &Message::new(key).with("n", q.value))
}

/// Day, month, year (vi); year-month-day (en).
pub fn date(lang: Lang, d: Date) -> String {
    match lang {
        Lang::Vi => format!("{:02}/{:02}/{}", d.day(), u8::from(d.month()), d.year()),
        Lang::En => d.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::check::CHECKS;
    use std::collections::BTreeSet;
    use time::macros::date;

    #[test]
    fn every_file_reads_and_no_key_stands_twice() {
        for lang in [Lang::Vi, Lang::En] {
            let mut strict = FluentBundle::new_concurrent(vec![]);
            for (vi, en) in FILES {
                let text = if lang == Lang::Vi { vi } else { en };
                let read = FluentResource::try_new((*text).to_owned()).map_err(|(_, e)| format!("{lang:?} {e:?}"));
                strict.add_resource(read.unwrap()).map_err(|e| format!("{lang:?} {e:?}")).unwrap();
            }
        }
    }

    fn keys(files: impl Iterator<Item = &'static str>) -> BTreeSet<String> {
        let line = |l: &str| Some(l.split_once(" =")?.0.to_owned()).filter(|k| !k.starts_with([' ', '#', '-']));
        files.flat_map(|t| t.lines().filter_map(line).collect::<Vec<_>>()).collect()
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        assert_eq!(keys(FILES.iter().map(|f| f.0)), keys(FILES.iter().map(|f| f.1)));
    }

    /// Every `Message::new("…")` of the pure floor and of the command line, and the title of every check.
    #[test]
    fn every_key_in_the_code_can_be_read() {
        let mut used: BTreeSet<String> = CHECKS.iter().map(|c| super::super::report::title_key(c.id)).collect();
        for room in
            [concat!(env!("CARGO_MANIFEST_DIR"), "/src/domain"), concat!(env!("CARGO_MANIFEST_DIR"), "/src/cli")]
        {
            sources(std::path::Path::new(room), &mut used);
        }
        assert!(used.len() > 60, "the scan finds the keys");
        for lang in [Lang::Vi, Lang::En] {
            let lacking: Vec<&String> = used.iter().filter(|k| !has(lang, k)).collect();
            assert!(lacking.is_empty(), "{lang:?}: {lacking:?}");
        }
    }

    #[allow(clippy::disallowed_methods, reason = "a test reads the sources")]
    fn sources(dir: &std::path::Path, used: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()) {
            if entry.is_dir() {
                sources(&entry, used);
            } else if entry.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&entry).unwrap();
                // Tests of the words themselves ask for keys that are not there.
                let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
                let after = text.split("Message::new(\"").skip(1);
                used.extend(after.filter_map(|t| Some(t.split_once('"')?.0.to_owned())).filter(|k| k != "…"));
            }
        }
    }

    #[test]
    fn numbers_and_days() {
        let q = Quantity::new(1234.5, Unit::SquareMetre);
        assert_eq!((quantity(Lang::Vi, &q).as_str(), quantity(Lang::En, &q).as_str()), ("1234,5 m²", "1234.5 m²"));
        let day = date!(2026 - 03 - 09);
        assert_eq!((date(Lang::Vi, day).as_str(), date(Lang::En, day).as_str()), ("09/03/2026", "2026-03-09"));
        assert_eq!(message(Lang::Vi, &Message::new("unit-metre").with("n", 0.02)), "0,02 m");
    }

    #[test]
    fn an_unknown_key_hides_nothing() {
        assert_eq!(message(Lang::En, &Message::new("no-such").with("a", 1.5).with("b", "x")), "no-such a=1.5 b=x");
    }
}
