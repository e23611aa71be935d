//! What a customer is asked for, in words they can act on.

use crate::domain::verify::Message;
use crate::domain::verify::text::{self, Lang};

/// One thing that is asked for, as it is kept.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// missing, unreadable, expired, contradicts or boundary.
    pub need: &'a str,
    pub paper_kind: &'a str,
    /// In the words of an authority.
    pub title: Option<&'a str>,
    /// Check that found it, `expiry` or `agency`.
    pub because: &'a str,
    pub detail: &'a str,
    /// It is about a paper in hand.
    pub in_hand: bool,
}

impl Wanted<'_> {
    /// What is asked.
    pub fn what(&self, lang: Lang) -> String {
        let asked = match self.need {
            "missing" => Message::new("asked-missing"),
            "unreadable" => Message::new("asked-unreadable"),
            "expired" => Message::new("asked-expired"),
            "boundary" => Message::new("asked-boundary"),
            _ => Message::new("asked-contradicts"),
        };
        text::message(lang, &asked.with("kind", self.title.unwrap_or(self.paper_kind)))
    }

    /// Why it is asked; what is missing says where the list of papers comes from, or what a draft still lacks.
    pub fn why(&self, lang: Lang) -> Option<String> {
        let why = match (self.because, self.detail) {
            ("agency", _) => Message::new("asked-why-agency"),
            ("expiry", day) => Message::new("asked-why-expiry").with("date", day),
            ("paper.required_set", "") => return None,
            ("paper.required_set", fields) if self.in_hand => Message::new("asked-why-draft").with("fields", fields),
            ("paper.required_set", citation) => return Some(citation.to_owned()),
            (check, _) => return Some(text::title(lang, check)),
        };
        Some(text::message(lang, &why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(w: Wanted<'_>) -> [(String, Option<String>); 2] {
        [Lang::Vi, Lang::En].map(|lang| (w.what(lang), w.why(lang)))
    }

    fn wanted<'a>(need: &'a str, because: &'a str, detail: &'a str) -> Wanted<'a> {
        Wanted { need, paper_kind: "certificate", title: None, because, detail, in_hand: true }
    }

    fn told(what: &str, why: Option<&str>) -> (String, Option<String>) {
        (what.to_owned(), why.map(ToOwned::to_owned))
    }

    #[test]
    fn everything_asked_is_said_in_words() {
        assert_eq!(
            both(wanted("missing", "paper.required_set", "issued_on, holders[0].name")),
            [
                told("Xin gửi: giấy chứng nhận.", Some("Còn thiếu các mục: ngày cấp, người đứng tên: họ tên.")),
                told("Please send: certificate.", Some("Still lacking: day of issue, holder: name.")),
            ]
        );
        let scan = both(wanted("unreadable", "paper.scan", "scan-bytes"));
        assert_eq!(scan[0], told("Xin gửi lại bản đọc rõ được: giấy chứng nhận.", Some("Bản quét")));
        let late = both(wanted("expired", "expiry", "2026-12-01"));
        assert_eq!(late[0].1.as_deref(), Some("Hết hạn ngày 01/12/2026, trước khi dùng đến."));
        assert_eq!(late[1].1.as_deref(), Some("It runs out on 2026-12-01, before it is used."));
        let theirs = Wanted { title: Some("Sơ đồ nhà"), in_hand: false, ..wanted("missing", "agency", "") };
        assert_eq!(both(theirs)[0], told("Xin gửi: Sơ đồ nhà.", Some("Cơ quan nhà nước yêu cầu.")));
        let coded = Wanted { title: Some("marriage_paper"), ..theirs };
        assert_eq!(both(coded)[0].0, "Xin gửi: giấy tờ về tình trạng hôn nhân.");
        for need in ["missing", "unreadable", "expired", "contradicts", "boundary"] {
            let said = both(wanted(need, "parcel.boundary", "")).map(|(what, _)| what);
            assert!(said.iter().all(|s| !s.contains('{') && !s.contains("asked-")), "{said:?}");
        }
    }
}
