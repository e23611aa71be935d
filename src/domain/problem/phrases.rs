//! What refusals say in English beside their words, in Vietnamese: `data/i18n/phrases.toml`.

use crate::domain::dispatch::Table;
use crate::domain::plan::PlanBook;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

const FILE: &str = include_str!("../../../data/i18n/phrases.toml");

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Phrases {
    /// Looked up in a hole only: elsewhere they are codes that somebody sent.
    word: BTreeMap<String, String>,
    phrase: BTreeMap<String, String>,
}

/// A phrase with holes, cut at them.
struct Pattern {
    pieces: Vec<&'static str>,
    vi: &'static str,
}

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    // Part of the program; `every_phrase_reads_and_fills_all_it_holds` proves that it reads.
    let mut read: Phrases = toml::from_str(FILE).unwrap_or_default();
    let planned = PlanBook::shipped().into_iter().flat_map(|b| b.kinds().map(|k| &k.title));
    let dispatched = Table::shipped().into_iter().flat_map(|t| t.kinds().map(|k| &k.title));
    let titles = planned.chain(dispatched).map(|t| (t.en.to_string(), t.vi.to_string()));
    read.word.extend(titles);
    read
});

/// Those that hold most words of their own first.
static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let holed = PHRASES.phrase.iter().filter(|(en, _)| en.contains("{}"));
    let mut all: Vec<Pattern> =
        holed.map(|(en, vi)| Pattern { pieces: en.split("{}").collect(), vi: vi.as_str() }).collect();
    all.sort_by_key(|p| std::cmp::Reverse(p.pieces.iter().map(|s| s.len()).sum::<usize>()));
    all
});

/// How deep a hole is looked into.
const DEEP: u8 = 3;

/// A text in Vietnamese, as far as its phrases are known; lists with semicolons piece by piece.
pub fn vietnamese(text: &str) -> String {
    known(text, 0).unwrap_or_else(|| {
        let pieces = text.split("; ").map(|piece| known(piece, 0).unwrap_or_else(|| piece.to_owned()));
        pieces.collect::<Vec<_>>().join("; ")
    })
}

/// The noun of what was not found.
pub fn noun(what: &str) -> &str {
    PHRASES.word.get(what).map_or(what, String::as_str)
}

fn known(text: &str, depth: u8) -> Option<String> {
    let word = || (depth > 0).then(|| PHRASES.word.get(text)).flatten();
    if let Some(vi) = PHRASES.phrase.get(text).or_else(word) {
        return Some(vi.clone());
    }
    if depth >= DEEP {
        return None;
    }
    let each = || text.split(", ").map(|w| PHRASES.word.get(w).cloned()).collect::<Option<Vec<_>>>();
    if let Some(words) = Some(text).filter(|t| depth > 0 && t.contains(", ")).and_then(|_| each()) {
        return Some(words.join(", "));
    }
    PATTERNS.iter().find_map(|p| {
        let holes = p.holes(text)?;
        Some(p.fill(holes.into_iter().map(|h| known(h, depth + 1).unwrap_or_else(|| h.to_owned())).collect()))
    })
}

impl Pattern {
    /// What stands in the holes; none: it is another phrase.
    fn holes<'t>(&self, text: &'t str) -> Option<Vec<&'t str>> {
        let (first, rest) = self.pieces.split_first()?;
        let mut left = text.strip_prefix(first)?;
        let mut holes = Vec::with_capacity(rest.len());
        for (i, piece) in rest.iter().enumerate() {
            let end = if i + 1 == rest.len() {
                left.len().checked_sub(piece.len()).filter(|end| left.get(*end..) == Some(*piece))?
            } else {
                left.find(piece)?
            };
            let hole = left.get(..end).filter(|h| !h.is_empty() && !h.contains("; "))?;
            holes.push(hole);
            left = left.get(end + piece.len()..)?;
        }
        Some(holes)
    }

    fn fill(&self, holes: Vec<String>) -> String {
        let mut text = self.vi.to_owned();
        for (i, hole) in holes.iter().enumerate() {
            text = match text.contains("{}") {
                true => text.replacen("{}", hole, 1),
                false => text.replace(&format!("{{{}}}", i + 1), hole),
            };
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_is_said_in_vietnamese() {
        for (en, vi) in [
            ("a reason in words", "lý do bằng lời"),
            ("the task is started", "nhiệm vụ đang làm"),
            ("a text of 3 characters", "văn bản 3 ký tự"),
            ("2026-11-29 or later", "từ 2026-11-29"),
            (
                "review_asked cannot happen in execution: tasks: 2, papers asked for: 0, problems: 1, dossiers at authorities: 0",
                "ở bước thực hiện: nhiệm vụ: 2, giấy tờ đã yêu cầu: 0, vướng mắc: 1, hồ sơ ở cơ quan: 0",
            ),
            (
                "Verified the case (line 9); Did the task \"Hand the dossier in\" (line 98)",
                "đã xác minh hồ sơ (dòng 9); đã làm nhiệm vụ “Nộp hồ sơ” (dòng 98)",
            ),
            ("manager, legal, reviewer", "manager, legal, reviewer"),
            ("open", "open"),
        ] {
            assert_eq!(vietnamese(en), vi);
        }
        assert_eq!((noun("task"), noun("zzz")), ("nhiệm vụ", "zzz"));
    }

    #[test]
    fn every_phrase_reads_and_fills_all_it_holds() {
        let read: Phrases = toml::from_str(FILE).unwrap();
        for (en, vi) in &read.phrase {
            let holes = en.matches("{}").count();
            let named = (1..=holes).filter(|n| vi.contains(&format!("{{{n}}}"))).count();
            assert!(vi.matches("{}").count() <= holes && (named == 0 || !vi.contains("{}")), "{en}");
            assert!(en.contains(' ') || en.contains("{}"), "{en}: a word belongs under [word]");
        }
    }

    /// Every sentence that an act refuses with is known here.
    #[test]
    #[allow(clippy::disallowed_methods, reason = "a test reads the sources")]
    fn no_refusal_speaks_english_alone() {
        let mut unknown = Vec::new();
        for room in
            ["case", "customer", "task", "field", "paper_request", "submission", "review", "hand_over", "obligation"]
                .into_iter()
                .chain([
                    "archive",
                    "survey",
                    "watch",
                    "plan",
                    "contract",
                    "payment",
                    "quotation",
                    "agency",
                    "absence",
                    "advice",
                ])
        {
            let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/flow")).join(room);
            for file in std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()) {
                let text = std::fs::read_to_string(&file).unwrap();
                let all = details(&text);
                unknown.extend(
                    all.into_iter().filter(|d| vietnamese(d) == **d).map(|d| format!("{}: {d}", file.display())),
                );
            }
        }
        assert!(unknown.is_empty(), "{unknown:#?}");
    }

    /// What stands as the detail of a conflict, its arguments as `x`.
    fn details(text: &str) -> Vec<String> {
        let starts = text.split("detail: ").skip(1).filter_map(|rest| {
            let rest = rest.strip_prefix("format!(").unwrap_or(rest);
            let quoted = rest.strip_prefix('"')?;
            Some(quoted.split_once('"')?.0.to_owned())
        });
        let filled = starts.map(|s| {
            let mut out = String::new();
            for (i, piece) in s.split('{').enumerate() {
                out.push_str(if i == 0 { piece } else { piece.split_once('}').map_or(piece, |p| p.1) });
                if i + 1 < s.split('{').count() {
                    out.push('x');
                }
            }
            out
        });
        filled.filter(|s| s.contains(' ')).collect()
    }
}
