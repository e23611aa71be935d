//! Codes, sums, days and hours as people read them: shared by timelines, sheets, screens and the command line.

use super::words::{Lang, date, has, message, task, word};
use crate::domain::calendar::{clock_time, day_of};
use crate::domain::money::{Dong, grouped};
use crate::domain::plan::Condition;
use crate::domain::verify::Message;
use time::OffsetDateTime;

/// The word for a code under `family` (`contract-state`, `task-state`, ...); a code without a word is shown as it is.
pub fn coded(lang: Lang, family: &str, code: &str) -> String {
    let key = format!("{family}-{code}");
    if has(lang, &key) { word(lang, &key) } else { code.to_owned() }
}

/// What a procedure is called within a sentence.
pub fn procedure(lang: Lang, code: &str) -> String {
    message(lang, &Message::new("procedure-name").with("procedure", code))
}

/// What a task waits for, as plans write it: `task:<kind>` or a condition.
pub fn awaited(lang: Lang, text: &str) -> String {
    match (text.strip_prefix("task:"), Condition::try_from(text.to_owned())) {
        (Some(kind), _) => task(lang, kind),
        (None, Ok(condition)) => message(lang, &condition.said()),
        (None, Err(_)) => text.to_owned(),
    }
}

/// A whole number in groups of three.
pub fn count(lang: Lang, n: i64) -> String {
    match lang {
        Lang::Vi => grouped(n),
        Lang::En => grouped(n).replace('.', ","),
    }
}

/// A sum with its unit.
pub fn dong(lang: Lang, sum: Dong) -> String {
    let unit = if lang == Lang::Vi { "đồng" } else { "VND" };
    format!("{} {unit}", count(lang, sum.0))
}

/// An instant as a clock in Viet Nam shows it, with its day.
pub fn moment(lang: Lang, at: OffsetDateTime) -> String {
    let (hour, minute) = clock_time(at);
    format!("{hour:02}:{minute:02} {}", date(lang, day_of(at)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn codes_are_words_and_sums_have_separators() {
        assert_eq!(coded(Lang::Vi, "task-state", "open"), "Chưa nhận");
        assert_eq!(coded(Lang::En, "task-state", "never-heard-of"), "never-heard-of");
        assert_eq!(awaited(Lang::En, "papers_in"), word(Lang::En, "wait-papers-in"));
        assert_eq!(awaited(Lang::Vi, "paper:certificate"), "giấy chứng nhận");
        assert_eq!(awaited(Lang::Vi, "task:draft_deed"), task(Lang::Vi, "draft_deed"));
        assert_eq!(dong(Lang::Vi, Dong(1_234_567)), "1.234.567 đồng");
        assert_eq!((dong(Lang::En, Dong(-12)), dong(Lang::En, Dong(1_000))), ("-12 VND".into(), "1,000 VND".into()));
        assert_eq!(moment(Lang::Vi, datetime!(2026-10-05 18:30 UTC)), "01:30 06/10/2026");
    }
}
