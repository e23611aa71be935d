//! Samples as the press sets them.

use crate::records::Sample;
use diaba::domain::report::{Beside, Report, qr_svg, report};
use diaba::domain::verify::text::Lang;
use diaba::outside::press::{Attachment, Press, Sheet};
use time::macros::{date, datetime};
use uuid::Uuid;

pub fn press() -> Press {
    let data = diaba::config::Config::with_defaults("postgres://unused", "unused").data;
    Press::open(&data.join("templates")).unwrap()
}

/// Data and map of a sample.
pub fn drawn(s: &Sample, lang: Lang) -> (Report, Option<String>) {
    let beside = Beside {
        id: Uuid::from_u128(0x019a_0000_0000_7000_8000_0000_0000_0001),
        firm: "Công ty Đo đạc Thử Nghiệm",
        day: date!(2026 - 11 - 24),
        newer: None,
        commune: Some("Phường Thử Nghiệm".into()),
        zone: Some("VN-2000 / TM-3 107°45′ (múi 483)".into()),
        check_url: Some(format!("https://diaba.example/check/{}", s.record.digest().unwrap())),
        key_id: Some("0123456789abcdef".into()),
        opinions: &[],
        basis: &s.basis,
        around: s.around.clone(),
    };
    report(&s.record, lang, &beside).unwrap()
}

pub fn sheet(s: &Sample, lang: Lang) -> Sheet {
    let (data, map) = drawn(s, lang);
    let qr = qr_svg(data.check_url.as_deref().unwrap()).unwrap();
    let mut pictures = vec![("qr.svg", qr.into_bytes())];
    pictures.extend(map.map(|m| ("map.svg", m.into_bytes())));
    Sheet {
        template: "report",
        ident: data.digest.clone(),
        data: serde_json::to_value(&data).unwrap(),
        pictures,
        attachments: vec![Attachment {
            name: "verification.json",
            media_type: "application/json",
            description: "bản ghi".into(),
            content: s.record.canonical().unwrap().into_bytes(),
        }],
        at: datetime!(2026-11-24 03:00 UTC),
    }
}
