//! Which parcels, in the words of CQL2 (OGC 21-065r2, text form) over a closed list of columns. The store turns a [`Filter`] into
//! SQL with every value bound.

use cql2::Expr;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Commune,
    Sheet,
    Number,
    Scale,
    RegisteredArea,
    MapArea,
    /// Codes; `land_use = 'ODT'` holds when one of them is it.
    LandUse,
}

/// What may be asked for: name, column, whether it is a number. Areas are square metres.
pub const COLUMNS: &[(&str, Column, bool)] = &[
    ("commune", Column::Commune, false),
    ("sheet", Column::Sheet, false),
    ("number", Column::Number, false),
    ("scale", Column::Scale, true),
    ("registered_area", Column::RegisteredArea, true),
    ("map_area", Column::MapArea, true),
    ("land_use", Column::LandUse, false),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    Equal,
    Differs,
    Less,
    LessOrEqual,
    More,
    MoreOrEqual,
    /// `%` any letters, `_` one.
    Like,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Number(f64),
    Text(String),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Is(Column, Compare, Value),
    OneOf(Column, Vec<Value>),
    Missing(Column),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    #[error("{0}")]
    Syntax(String),
    #[error("column {0}")]
    Column(String),
    #[error("{0}")]
    Operation(String),
    #[error("{column} compared with {found}")]
    Kind { column: String, found: String },
    #[error("nested too deep")]
    Depth,
}

/// Levels of brackets; and letters of the text.
const DEEPEST: usize = 30;
const LONGEST: usize = 4000;

impl Filter {
    /// Reads CQL2 text.
    ///
    /// # Errors
    /// What is not CQL2, names another column, compares a column with a value of another kind, or is an operation that is not
    /// offered (comparison, LIKE, IN, BETWEEN, IS NULL, AND, OR, NOT are).
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let depth = text.chars().scan(0usize, |d, c| {
            *d = if c == '(' { *d + 1 } else { d.saturating_sub(usize::from(c == ')')) };
            Some(*d)
        });
        if text.len() > LONGEST || depth.max().unwrap_or(0) > DEEPEST {
            return Err(FilterError::Depth);
        }
        let expr = cql2::parse_text(text).map_err(|e| FilterError::Syntax(e.to_string()))?;
        of(&expr, 0)
    }
}

fn of(expr: &Expr, depth: usize) -> Result<Filter, FilterError> {
    if depth > DEEPEST * 4 {
        return Err(FilterError::Depth);
    }
    let strange = || FilterError::Operation(expr.to_text().unwrap_or_else(|e| e.to_string()));
    let Expr::Operation { op, args } = expr else { return Err(strange()) };
    let all = || args.iter().map(|a| of(a, depth + 1)).collect::<Result<Vec<_>, _>>();
    let args: Vec<&Expr> = args.iter().map(|a| &**a).collect();
    let is = |compare| match args.as_slice() {
        [Expr::Property { property }, value] => comparison(property, compare, value),
        [value, Expr::Property { property }] => comparison(property, turned(compare), value),
        _ => Err(strange()),
    };
    match (op.as_str(), args.as_slice()) {
        ("and", _) => Ok(Filter::All(all()?)),
        ("or", _) => Ok(Filter::Any(all()?)),
        ("not", [one]) => Ok(Filter::Not(Box::new(of(one, depth + 1)?))),
        ("=" | "eq", _) => is(Compare::Equal),
        ("<>" | "!=", _) => is(Compare::Differs),
        ("<", _) => is(Compare::Less),
        ("<=", _) => is(Compare::LessOrEqual),
        (">", _) => is(Compare::More),
        (">=", _) => is(Compare::MoreOrEqual),
        ("like", [Expr::Property { .. }, _]) => is(Compare::Like),
        ("isNull", [Expr::Property { property }]) => Ok(Filter::Missing(column(property)?.0)),
        ("in", [Expr::Property { property }, Expr::Array(values)]) => {
            let column = column(property)?;
            let values = values.iter().map(|v| value(property, column.1, v)).collect::<Result<_, _>>()?;
            Ok(Filter::OneOf(column.0, values))
        }
        ("between", [Expr::Property { property }, low, high]) => Ok(Filter::All(vec![
            comparison(property, Compare::MoreOrEqual, low)?,
            comparison(property, Compare::LessOrEqual, high)?,
        ])),
        _ => Err(strange()),
    }
}

/// The same comparison read from right to left.
fn turned(c: Compare) -> Compare {
    match c {
        Compare::Less => Compare::More,
        Compare::LessOrEqual => Compare::MoreOrEqual,
        Compare::More => Compare::Less,
        Compare::MoreOrEqual => Compare::LessOrEqual,
        same => same,
    }
}

fn column(name: &str) -> Result<(Column, bool), FilterError> {
    let found = COLUMNS.iter().find(|(known, ..)| *known == name);
    found.map(|(_, column, number)| (*column, *number)).ok_or_else(|| FilterError::Column(name.to_owned()))
}

fn comparison(name: &str, compare: Compare, with: &Expr) -> Result<Filter, FilterError> {
    let (column, number) = column(name)?;
    let ordered = matches!(compare, Compare::Equal | Compare::Differs) || number || compare == Compare::Like;
    if !ordered || (compare == Compare::Like && number) {
        return Err(FilterError::Operation(format!("{name}: {compare:?}")));
    }
    Ok(Filter::Is(column, compare, value(name, number, with)?))
}

fn value(name: &str, number: bool, with: &Expr) -> Result<Value, FilterError> {
    match (number, with) {
        (true, Expr::Float(n)) if n.is_finite() => Ok(Value::Number(*n)),
        (false, Expr::Literal(text)) => Ok(Value::Text(text.clone())),
        (_, other) => {
            let found = other.to_text().unwrap_or_else(|e| e.to_string());
            Err(FilterError::Kind { column: name.to_owned(), found })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_offered() {
        let text = |t: &str| Value::Text(t.to_owned());
        assert_eq!(
            Filter::parse("map_area > 100.5 AND (land_use = 'ODT' OR NOT sheet IN ('1', '2'))").unwrap(),
            Filter::All(vec![
                Filter::Is(Column::MapArea, Compare::More, Value::Number(100.5)),
                Filter::Any(vec![
                    Filter::Is(Column::LandUse, Compare::Equal, text("ODT")),
                    Filter::Not(Box::new(Filter::OneOf(Column::Sheet, vec![text("1"), text("2")]))),
                ]),
            ])
        );
        assert_eq!(
            Filter::parse("scale BETWEEN 500 AND 1000").unwrap(),
            Filter::All(vec![
                Filter::Is(Column::Scale, Compare::MoreOrEqual, Value::Number(500.0)),
                Filter::Is(Column::Scale, Compare::LessOrEqual, Value::Number(1000.0)),
            ])
        );
        assert_eq!(Filter::parse("registered_area IS NULL").unwrap(), Filter::Missing(Column::RegisteredArea));
        assert_eq!(
            Filter::parse("100 < map_area").unwrap(),
            Filter::Is(Column::MapArea, Compare::More, Value::Number(100.0))
        );
        assert_eq!(
            Filter::parse("number LIKE '1%'").unwrap(),
            Filter::Is(Column::Number, Compare::Like, text("1%"))
        );
    }

    #[test]
    fn refuses_the_rest_by_name() {
        assert_eq!(Filter::parse("owner = 'x'"), Err(FilterError::Column("owner".into())));
        for bad in ["", "map_area >", "1 = 1; drop table parcel", "map_area"] {
            let refused = matches!(Filter::parse(bad), Err(FilterError::Syntax(_) | FilterError::Operation(_)));
            assert!(refused, "{bad}: {:?}", Filter::parse(bad));
        }
        assert!(matches!(Filter::parse("map_area = 'big'"), Err(FilterError::Kind { .. })));
        assert!(matches!(Filter::parse("sheet > '1'"), Err(FilterError::Operation(_))));
        assert!(matches!(Filter::parse("sheet = 12"), Err(FilterError::Kind { .. })));
        assert!(matches!(Filter::parse("S_INTERSECTS(geom, POINT(1 2))"), Err(FilterError::Operation(_))));
        let deep = format!("{}map_area > 1{}", "(".repeat(500), ")".repeat(500));
        assert_eq!(Filter::parse(&deep), Err(FilterError::Depth));
    }
}
