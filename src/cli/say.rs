//! How things are said on a terminal: to people in their language, to scripts as the API says them.

use crate::domain::money::{Dong, grouped_by};
use crate::domain::problem;
use crate::domain::verify::Message;
use crate::domain::verify::text::{self, Lang};
use crate::flow::{Error, Result};
use clap::{Args, ValueEnum};
use serde::Serialize;
use time::{Date, OffsetDateTime};

/// The language that was asked for (`--lang`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Say(pub Lang);

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// In words.
    Text,
    /// As the API gives it.
    Json,
}

#[derive(Args)]
pub struct As {
    /// In words, or as the API gives it
    #[arg(long, value_enum, default_value = "text")]
    pub output: Form,
}

/// For what scripts have always read as JSON.
#[derive(Args)]
pub struct AsJson {
    /// As the API gives it, or in words
    #[arg(long, value_enum, default_value = "json")]
    pub output: Form,
}

impl Form {
    /// Prints a view: as JSON, or by `words`.
    pub fn show<T: Serialize>(self, view: &T, words: impl FnOnce(&T)) -> Result<()> {
        match self {
            Form::Json => as_json(view)?,
            Form::Text => words(view),
        }
        Ok(())
    }
}

/// As the API gives it.
pub fn as_json<T: Serialize>(view: &T) -> Result<()> {
    println!("{}", serde_json::to_string_pretty(view).map_err(|e| Error::Broken(e.into()))?);
    Ok(())
}

impl Say {
    pub fn message(self, m: &Message) -> String {
        text::message(self.0, m)
    }

    pub fn word(self, key: &str) -> String {
        text::word(self.0, key)
    }

    /// The word for a code of a family, e.g. `contract-state`.
    pub fn coded(self, family: &str, code: &str) -> String {
        text::coded(self.0, family, code)
    }

    pub fn date(self, day: Date) -> String {
        text::date(self.0, day)
    }

    /// Of an instant, in Viet Nam.
    pub fn moment(self, at: OffsetDateTime) -> String {
        text::moment(self.0, at)
    }

    pub fn dong(self, sum: i64) -> String {
        text::dong(self.0, Dong(sum))
    }

    pub fn count(self, n: i64) -> String {
        text::count(self.0, n)
    }

    /// A line of its own.
    pub fn line(self, m: &Message) {
        println!("{}", self.message(m));
    }

    /// A line that stands under another.
    pub fn under(self, m: &Message) {
        println!("  {}", self.message(m));
    }

    /// A file that was written.
    pub fn wrote(self, key: &'static str, file: &std::path::Path, content: &[u8], number: &str) {
        let said = Message::new(key).with("file", file.display().to_string()).with("number", number);
        self.line(&said.with("kib", self.count(content.len().div_ceil(1024) as i64)));
    }

    /// Rows under headings (`head-<name>` in the files of words).
    pub fn table(self, head: &[&str], rows: &[Vec<String>]) {
        let head: Vec<String> = head.iter().map(|name| self.word(&format!("head-{name}"))).collect();
        let head: Vec<&str> = head.iter().map(String::as_str).collect();
        table(&head, rows);
    }

    /// Why something was not done, in the words of the API.
    pub fn error(self, e: &Error) {
        let of = |slug: &str, code: Option<&str>, detail: Option<&str>| {
            let title = problem::title(slug, self.0);
            match problem::detail(slug, code, detail, self.0) {
                Some(detail) => eprintln!("{title}: {detail}"),
                None => eprintln!("{title}"),
            }
        };
        match e {
            Error::Refused(problems) => {
                of("refused", None, None);
                for p in problems {
                    let key = if p.field.is_empty() { "refused-whole" } else { "refused-field" };
                    let said = Message::new(key).with("field", p.field.as_str());
                    let said = said.with("message", problem::field(p, self.0)).with("code", p.code.as_str());
                    eprintln!("  {}", self.message(&said));
                }
            }
            Error::NotFound { what, id } => of("not-found", Some(what), Some(&format!("{what} {id}"))),
            Error::Conflict { code, detail } => of("conflict", Some(code), Some(detail)),
            Error::Forbidden(code) => of("forbidden", Some(code), None),
            // Whoever runs the service reads the cause in the words of what failed.
            Error::Unavailable(reason) => eprintln!("{}\n  {reason}", problem::title("unavailable", self.0)),
            Error::Broken(cause) => eprintln!("{}\n  {cause:#}", problem::title("broken", self.0)),
        }
    }
}

/// Rows under headings, columns as wide as they need to be.
pub fn table(head: &[&str], rows: &[Vec<String>]) {
    use unicode_width::UnicodeWidthStr;
    let width = |i: usize| rows.iter().map(|r| r[i].width()).chain([head[i].width()]).max().unwrap_or(0);
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let padded: Vec<String> =
            cells.iter().zip(&widths).map(|(c, w)| format!("{c}{}", " ".repeat(w - c.width()))).collect();
        println!("{}", padded.join("  ").trim_end());
    };
    line(head.to_vec());
    rows.iter().for_each(|r| line(r.iter().map(String::as_str).collect()));
}

/// A count with thin groups, for who runs the service: 1234567 -> 1 234 567.
pub fn count(n: i64) -> String {
    grouped_by('\u{202f}', n)
}
