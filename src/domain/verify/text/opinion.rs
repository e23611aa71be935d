//! An opinion in words.

use super::names;
use super::words::{Lang, date, message, quantity};
use crate::domain::calendar::day_of;
use crate::domain::verify::{Message, Placed, Stance, Standing, Support};

/// Who says what, then line by line why, backed by what, and whether it still holds.
pub fn opinion(lang: Lang, p: &Placed) -> Vec<String> {
    let o = &p.opinion;
    let say = |m: Message| message(lang, &m);
    let given = date(lang, day_of(o.at));
    let stance = match o.stance {
        Stance::Confirm => "confirm",
        Stance::Correct => "correct",
        Stance::Reject => "reject",
    };
    let mut out =
        vec![say(Message::new("opinion-head").with("stance", stance).with("by", o.by.as_str()).with("date", given))];
    if let Some(c) = &o.corrected {
        let m = Message::new("opinion-corrected").with("verdict", names::verdict(lang, c.verdict));
        let measured = c.measured.map_or_else(|| "–".to_owned(), |q| quantity(lang, &q));
        out.push(say(m.with("measured", measured)));
    }
    out.push(say(Message::new("opinion-reason").with("reason", o.reason.as_str())));
    out.extend(o.evidence.iter().map(|e| match e {
        Support::Paper { id, version, .. } => {
            let m = Message::new("opinion-paper").with("paper", id.to_string());
            say(m.with("version", f64::from(*version)))
        }
        Support::Reference { text } => say(Message::new("opinion-reference").with("text", text.as_str())),
    }));
    out.extend(match &p.standing {
        Standing::Given => None,
        Standing::Carried => Some(say(Message::new("opinion-carried"))),
        Standing::Lapsed(changes) => {
            let why: Vec<String> = changes.iter().map(|c| say(c.message())).collect();
            Some(say(Message::new("opinion-lapsed").with("why", why.join("; "))))
        }
    });
    out
}

/// Name of the finding an opinion speaks of.
pub fn opinion_subject(lang: Lang, p: &Placed) -> String {
    let title = super::report::title(lang, &p.opinion.check);
    if p.opinion.subject.is_empty() { title } else { format!("{title}: {}", p.opinion.subject) }
}
