//! The language a client is answered in.

use crate::domain::verify::text::Lang;
use axum::http::{HeaderMap, header};

/// By `Accept-Language`; Vietnamese when it asks for neither language.
pub fn lang(headers: &HeaderMap) -> Lang {
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
    if weight("en") > weight("vi") { Lang::En } else { Lang::Vi }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(value: &str) -> Lang {
        lang(&HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, value.parse().unwrap())]))
    }

    #[test]
    fn vietnamese_unless_english_is_preferred() {
        assert_eq!(lang(&HeaderMap::new()), Lang::Vi);
        assert_eq!(asked("en-GB,en;q=0.9,vi;q=0.8"), Lang::En);
        assert_eq!(asked("vi-VN,vi;q=0.9,en;q=0.8"), Lang::Vi);
        assert_eq!(asked("fr"), Lang::Vi);
        assert_eq!(asked("en;q=0"), Lang::Vi);
    }
}
