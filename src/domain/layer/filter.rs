//! Which rows of a table are wanted: many maps hold several themes in one table, told apart by a column.

use super::row::Cell;
use crate::domain::problem::FieldProblem;
use crate::domain::text::fold::squeezed;
use std::collections::{BTreeMap, BTreeSet};

/// What was asked: column to values. A row is wanted when every column has one of its values; the empty text stands for
/// an empty cell.
pub type Where = BTreeMap<String, BTreeSet<String>>;

/// A [`Where`], settled for the columns of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter(Vec<(usize, BTreeSet<String>)>);

impl Filter {
    /// # Errors
    /// Names each column the file does not have, and those it has.
    pub fn new(asked: &Where, columns: &[String]) -> Result<Self, Vec<FieldProblem>> {
        let place = |name: &String| {
            let exact = columns.iter().position(|c| c == name);
            exact.or_else(|| columns.iter().position(|c| squeezed(c) == squeezed(name)))
        };
        let unknown: Vec<FieldProblem> = asked
            .keys()
            .filter(|name| place(name).is_none())
            .map(|name| FieldProblem::new("where", "column-unknown", name, columns.join(", ")))
            .collect();
        if !unknown.is_empty() {
            return Err(unknown);
        }
        Ok(Self(asked.iter().filter_map(|(name, values)| Some((place(name)?, values.clone()))).collect()))
    }

    /// Is this row wanted?
    pub fn takes(&self, cells: &[Cell]) -> bool {
        self.0.iter().all(|(i, values)| {
            let text = cells.get(*i).and_then(Cell::text).unwrap_or_default();
            values.contains(text.as_str())
        })
    }
}

/// Reads many `Column=value`, as the command line takes them.
///
/// # Errors
/// Names the first that is no condition.
pub fn conditions<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Where, FieldProblem> {
    let mut all = Where::new();
    for text in texts {
        let (column, value) = parse_condition(text)?;
        all.entry(column).or_default().insert(value);
    }
    Ok(all)
}

fn parse_condition(text: &str) -> Result<(String, String), FieldProblem> {
    match text.split_once('=') {
        Some((column, value)) if !column.trim().is_empty() => Ok((column.trim().to_owned(), value.trim().to_owned())),
        _ => Err(FieldProblem::new("where", "not-a-condition", text, "Column=value")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(conditions: &[&str]) -> Where {
        super::conditions(conditions.iter().copied()).unwrap()
    }

    fn row(theme: &str, code: i64) -> Vec<Cell> {
        vec![if theme.is_empty() { Cell::Null } else { Cell::Text(theme.into()) }, Cell::Int(code)]
    }

    #[test]
    fn a_row_needs_one_value_of_every_column() {
        let columns = ["Theme".to_owned(), "code".to_owned()];
        let wanted = Filter::new(&asked(&["theme=noise", "theme=water", "code=3"]), &columns).unwrap();
        assert!(wanted.takes(&row("noise", 3)) && wanted.takes(&row(" water ", 3)));
        assert!(!wanted.takes(&row("forest", 3)) && !wanted.takes(&row("noise", 4)) && !wanted.takes(&row("", 3)));
        assert!(Filter::new(&asked(&["Theme="]), &columns).unwrap().takes(&row("", 1)));
        assert!(Filter::default().takes(&row("anything", 1)));
    }

    #[test]
    fn what_cannot_be_asked_is_refused() {
        let wrong = Filter::new(&asked(&["colour=red"]), &["Theme".to_owned()]).unwrap_err();
        assert_eq!((wrong[0].code.as_str(), wrong[0].found.as_str()), ("column-unknown", "colour"));
        assert_eq!(parse_condition("theme").unwrap_err().code, "not-a-condition");
        assert_eq!(parse_condition("=x").unwrap_err().code, "not-a-condition");
        assert_eq!(parse_condition("a = b=c ").unwrap(), ("a".into(), "b=c".into()));
    }
}
