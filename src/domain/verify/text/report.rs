//! The report: who and what, the outcome, every finding under its heading, the digest.

use super::cells::{WIDTH, pad, wrap};
use super::names;
use super::words::{Lang, date, has, message, quantity, word};
use crate::domain::verify::{Basis, FindingRecord, Message, Outcome, Placed, Record, Verdict};
use unicode_width::UnicodeWidthStr;

/// Columns of a row: sign and verdict, title, measured; the rest is what is allowed.
const VERDICT: usize = 20;
const TITLE: usize = 46;
const MEASURED: usize = 17;
const INDENT: usize = 4;

/// A record as plain text of at most 100 columns; with `colour`, verdicts carry ANSI colours. `basis` are the sets that
/// the record pins: citations and titles come from there.
pub fn render(record: &Record, basis: &Basis, lang: Lang, colour: bool) -> String {
    render_with(record, basis, &[], lang, colour)
}

/// As [`render`], with what people said of the findings beside them.
pub fn render_with(record: &Record, basis: &Basis, opinions: &[Placed], lang: Lang, colour: bool) -> String {
    let mut page = Page { record, basis, lang, colour, lines: Vec::new() };
    page.head();
    page.outcome();
    let mut group = None;
    for (i, f) in record.findings.iter().enumerate() {
        if group != Some(&*f.group) {
            group = Some(&*f.group);
            page.heading(&f.group);
        }
        page.finding(f);
        opinions.iter().filter(|p| p.no == Some(i)).for_each(|p| page.opinion(p));
    }
    page.orphans(opinions);
    page.foot();
    page.lines.join("\n") + "\n"
}

/// Title of a check.
pub fn title(lang: Lang, check: &str) -> String {
    let key = title_key(check);
    if has(lang, &key) { word(lang, &key) } else { check.to_owned() }
}

pub(super) fn title_key(check: &str) -> String {
    format!("check-{}", check.replace(['.', '_'], "-"))
}

struct Page<'a> {
    record: &'a Record,
    basis: &'a Basis,
    lang: Lang,
    colour: bool,
    lines: Vec<String>,
}

impl Page<'_> {
    fn head(&mut self) {
        let r = self.record;
        let case = Message::new("report-case")
            .with("number", r.case.number.as_str())
            .with("procedure", r.case.procedure.as_str());
        let parcel = match &r.parcel {
            Some(p) => Message::new("report-parcel")
                .with("commune", p.commune_code.as_str())
                .with("sheet", p.sheet.as_str())
                .with("number", p.number.as_str()),
            None => Message::new("report-no-parcel"),
        };
        let as_of = Message::new("report-as-of").with("date", date(self.lang, r.as_of));
        self.lines.push(self.paint(BOLD, &word(self.lang, "report-title")));
        for m in [case, parcel, as_of] {
            self.text("", 0, &message(self.lang, &m));
        }
    }

    fn outcome(&mut self) {
        let hue = match self.record.outcome {
            Outcome::CanProceed => GREEN,
            Outcome::NeedsPapers | Outcome::NeedsPerson => YELLOW,
            Outcome::Blocked => RED,
        };
        self.lines.push(String::new());
        for line in wrap("", 0, &names::outcome(self.lang, self.record.outcome)) {
            let line = self.paint(hue, &line);
            self.lines.push(line);
        }
        let counts = VERDICTS.iter().filter_map(|(v, _, _)| {
            let n = self.record.findings.iter().filter(|f| f.verdict == *v).count();
            (n > 0).then(|| format!("{n} {}", names::verdict(self.lang, *v)))
        });
        let counts = counts.collect::<Vec<_>>().join(" · ");
        self.text("", 0, &counts);
    }

    fn heading(&mut self, group: &str) {
        let name = word(self.lang, &format!("group-{group}"));
        let line = pad(&format!("── {name} "), 0);
        let rest = "─".repeat(WIDTH.saturating_sub(line.width()));
        self.lines.push(String::new());
        self.lines.push(self.paint(BOLD, &format!("{line}{rest}")));
    }

    fn finding(&mut self, f: &FindingRecord) {
        let (_, sign, hue) = *VERDICTS.iter().find(|v| v.0 == f.verdict).unwrap_or(&VERDICTS[5]);
        let verdict = self.paint(hue, &pad(&format!(" {sign} {}", names::verdict(self.lang, f.verdict)), VERDICT));
        let shown = |q: &Option<_>| q.as_ref().map_or_else(String::new, |q| quantity(self.lang, q));
        let (measured, allowed) = (shown(&f.measured), shown(&f.allowed));
        let allowed = match allowed.as_str() {
            "" => String::new(),
            a => message(self.lang, &Message::new("report-allowed").with("value", a)),
        };
        let (name, long) = match names::name(self.record, self.basis, self.lang, f) {
            name if name.width() < TITLE => (name, false),
            _ => (title(self.lang, &f.check), true),
        };
        let row = format!("{verdict}{}{}{allowed}", pad(&name, TITLE), pad(&measured, MEASURED));
        self.lines.push(row.trim_end().to_owned());
        let said = message(self.lang, &f.message);
        if long
            && let Some(subject) =
                names::subject(self.record, self.basis, self.lang, f).filter(|s| !said.starts_with(s.as_str()))
        {
            self.text("", INDENT, &subject);
        }
        self.text("", INDENT, &said);
        if let Some(sure) = names::precision(self.lang, f, "report-area") {
            self.text("", INDENT, &sure);
        }
        // The standing of a rule stands in its own line below.
        let said_below = |d: &&Message| f.rule.is_some() && d.key.starts_with("rule-");
        for d in f.details.iter().filter(|d| !said_below(d)) {
            self.text("    · ", INDENT + 2, &message(self.lang, d));
        }
        self.sources(f);
        self.rule(f);
    }

    fn sources(&mut self, f: &FindingRecord) {
        let pins = self.record.pins.layers.iter().filter(|l| f.sources.contains(&l.layer_version_id));
        let one = |l: &crate::domain::verify::LayerPin| {
            let m = Message::new("report-layer")
                .with("layer", l.layer.as_str())
                .with("version", f64::from(l.number))
                .with("source", l.source_name.as_str())
                .with("date", date(self.lang, l.source_date));
            message(self.lang, &m)
        };
        let all: Vec<String> = pins.map(|l| one(l)).collect();
        if !all.is_empty() {
            let m = Message::new("report-sources").with("sources", all.join("; "));
            self.text("", INDENT, &message(self.lang, &m));
        }
    }

    fn rule(&mut self, f: &FindingRecord) {
        let Some(pin) = &f.rule else { return };
        let pinned = self.basis.rules.cited(pin);
        let m = Message::new("report-rule")
            .with("id", pin.id.as_str())
            .with("version", f64::from(pin.version))
            .with("citation", pinned.map_or("–", |r| r.citation.as_str()))
            .with("standing", pinned.map_or_else(|| "–".to_owned(), |r| names::standing(self.lang, r.standing)));
        self.text("", INDENT, &message(self.lang, &m));
    }

    fn opinion(&mut self, p: &Placed) {
        for (i, line) in super::opinion(self.lang, p).iter().enumerate() {
            self.text(if i == 0 { "  » " } else { "    » " }, INDENT + 2 * usize::from(i > 0), line);
        }
    }

    /// Opinions on findings that are no longer made.
    fn orphans(&mut self, opinions: &[Placed]) {
        let mut orphans = opinions.iter().filter(|p| p.no.is_none()).peekable();
        if orphans.peek().is_some() {
            self.lines.push(String::new());
            self.text("", 0, &word(self.lang, "opinion-orphans"));
        }
        for p in orphans {
            self.text("", 2, &super::opinion_subject(self.lang, p));
            self.opinion(p);
        }
    }

    fn foot(&mut self) {
        self.lines.push(String::new());
        let digest = self.record.digest().unwrap_or_else(|_| "–".to_owned());
        for m in [
            Message::new("report-engine").with("engine", self.record.pins.engine.as_str()),
            Message::new("report-digest").with("digest", digest),
        ] {
            self.text("", 0, &message(self.lang, &m));
        }
    }

    fn text(&mut self, mark: &str, indent: usize, text: &str) {
        self.lines.extend(wrap(mark, indent, text));
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

const BOLD: &str = "1";
const GREEN: &str = "32";
const YELLOW: &str = "33";
const RED: &str = "31";
const DIM: &str = "2";

/// The sign of each verdict. What was not looked at stands out as much as what was hit.
const VERDICTS: [(Verdict, char, &str); 7] = [
    (Verdict::Hit, '✗', RED),
    (Verdict::Clear, '✓', GREEN),
    (Verdict::PartlyCovered, '◐', YELLOW),
    (Verdict::NotCovered, '○', YELLOW),
    (Verdict::StaleSource, '⌛', YELLOW),
    (Verdict::Failed, '!', RED),
    (Verdict::NotApplicable, '–', DIM),
];
