//! Rows whose columns line up, whatever letters they hold.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns a report is wide.
pub(super) const WIDTH: usize = 100;

/// `text` with blanks up to `width` columns; a longer one stays whole.
pub(super) fn pad(text: &str, width: usize) -> String {
    let blanks = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(blanks))
}

/// Lines of at most [`WIDTH`] columns, all with `indent`, the first with `mark` in it. Words are not cut, unless one is
/// longer than a line.
pub(super) fn wrap(mark: &str, indent: usize, text: &str) -> Vec<String> {
    let room = WIDTH - indent;
    let mut lines = vec![String::new()];
    for word in text.split_whitespace().flat_map(|w| pieces(w, room)) {
        let line = lines.last_mut().filter(|l| l.is_empty() || l.width() + 1 + word.width() <= room);
        match line {
            Some(line) => {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(&word);
            }
            None => lines.push(word),
        }
    }
    let lead = |i: usize| if i == 0 { pad(mark, indent) } else { " ".repeat(indent) };
    lines.iter().enumerate().map(|(i, l)| format!("{}{l}", lead(i)).trim_end().to_owned()).collect()
}

fn pieces(word: &str, room: usize) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut used = 0;
    for c in word.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide > room {
            out.push(String::new());
            used = 0;
        }
        used += wide;
        if let Some(last) = out.last_mut() {
            last.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_with_marks_are_one_column() {
        assert_eq!(pad("Thửa", 6), "Thửa  ");
        assert_eq!(pad("Thu\u{31b}\u{309}a", 6).width(), 6);
        assert_eq!(pad("too long", 3), "too long");
    }

    #[test]
    fn lines_keep_their_width() {
        let lines = wrap("  - ", 4, &"thửa đất số ba mươi tư ".repeat(20));
        assert!(lines.len() > 3 && lines.iter().all(|l| l.width() <= WIDTH));
        assert!(lines[0].starts_with("  - thửa") && lines[1].starts_with("    "));
        assert_eq!(wrap("", 0, &"x".repeat(250)).len(), 3);
        assert_eq!(wrap("· ", 2, ""), ["·"]);
    }
}
