//! Which parcels, in the words of CQL2 (OGC 21-065r2, text form), a subset over a closed list of columns: comparison, LIKE, IN,
//! BETWEEN, IS NULL, AND, OR, NOT, S_INTERSECTS. The store turns a [`Filter`] into SQL with every value bound.
//!
//! The crate `cql2` reads all of it, but switches on features of `geo` and `serde_json` that measuring and digests must not have
//! (decisions/0015-batch.md).

use super::words::{Word, words};
use geo_types::Geometry;

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
    /// Shares a point with this, in metres of the zone that was asked for.
    Meets(Geometry<f64>),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    #[error("at {at}: {found}; expected {expected}")]
    Syntax { at: usize, found: String, expected: &'static str },
    #[error("no column {0}")]
    Column(String),
    #[error("column {column} compared with {found}")]
    Kind { column: String, found: String },
    #[error("{0}")]
    Geometry(String),
    #[error("LIKE {0}: a \\ at the end stands for nothing")]
    Pattern(String),
    #[error("too long, or nested too deep")]
    Depth,
}

/// Levels of brackets and NOTs; and letters of the text.
const DEEPEST: usize = 30;
const LONGEST: usize = 10_000;

impl Filter {
    /// Reads CQL2 text.
    ///
    /// # Errors
    /// What is not of the subset, names another column, or compares a column with a value of another kind.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        if text.len() > LONGEST {
            return Err(FilterError::Depth);
        }
        let mut reader = Reader { words: words(text)?, at: 0, depth: 0, end: text.len() };
        let filter = reader.any()?;
        match reader.peek() {
            None => Ok(filter),
            Some(_) => Err(reader.wrong("AND, OR or the end")),
        }
    }

    /// Names a place, so it needs a zone.
    pub fn has_geometry(&self) -> bool {
        match self {
            Filter::All(parts) | Filter::Any(parts) => parts.iter().any(Filter::has_geometry),
            Filter::Not(one) => one.has_geometry(),
            Filter::Meets(_) => true,
            _ => false,
        }
    }
}

struct Reader {
    /// With the place of each in the text.
    words: Vec<(usize, Word)>,
    at: usize,
    depth: usize,
    end: usize,
}

impl Reader {
    fn peek(&self) -> Option<&Word> {
        self.words.get(self.at).map(|(_, w)| w)
    }

    fn wrong(&self, expected: &'static str) -> FilterError {
        let (at, found) = match self.words.get(self.at) {
            Some((at, word)) => (*at, word.to_string()),
            None => (self.end, "the end".to_owned()),
        };
        FilterError::Syntax { at, found, expected }
    }

    /// Takes the next word when it is this one.
    fn takes(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|w| w.is(word));
        self.at += usize::from(found);
        found
    }

    fn must(&mut self, word: &'static str) -> Result<(), FilterError> {
        if self.takes(word) { Ok(()) } else { Err(self.wrong(word)) }
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, FilterError>) -> Result<T, FilterError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(FilterError::Depth);
        }
        let done = read(self);
        self.depth -= 1;
        done
    }

    fn any(&mut self) -> Result<Filter, FilterError> {
        let mut parts = vec![self.all()?];
        while self.takes("OR") {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Filter::Any))
    }

    fn all(&mut self) -> Result<Filter, FilterError> {
        let mut parts = vec![self.one()?];
        while self.takes("AND") {
            parts.push(self.one()?);
        }
        Ok(one_or(parts, Filter::All))
    }

    fn one(&mut self) -> Result<Filter, FilterError> {
        if self.takes("NOT") {
            return Ok(Filter::Not(Box::new(self.deeper(Self::one)?)));
        }
        if self.takes("(") {
            let inner = self.deeper(Self::any)?;
            self.must(")")?;
            return Ok(inner);
        }
        if self.takes("S_INTERSECTS") {
            return self.meets();
        }
        self.predicate()
    }

    fn predicate(&mut self) -> Result<Filter, FilterError> {
        let Some(Word::Name(name)) = self.peek().cloned() else { return Err(self.wrong("a column, NOT or (")) };
        self.at += 1;
        let found = COLUMNS.iter().find(|(known, ..)| *known == name);
        let &(name, column, number) = found.ok_or(FilterError::Column(name))?;
        let not = self.takes("NOT");
        let filter = if self.takes("IN") {
            self.must("(")?;
            let mut values = vec![self.value(name, number)?];
            while self.takes(",") {
                values.push(self.value(name, number)?);
            }
            self.must(")")?;
            Filter::OneOf(column, values)
        } else if number && self.takes("BETWEEN") {
            let low = self.value(name, number)?;
            self.must("AND")?;
            let high = self.value(name, number)?;
            Filter::All(vec![
                Filter::Is(column, Compare::MoreOrEqual, low),
                Filter::Is(column, Compare::LessOrEqual, high),
            ])
        } else if !number && self.takes("LIKE") {
            let value = self.value(name, number)?;
            match value {
                // an escape that nothing follows
                Value::Text(t) if t.chars().rev().take_while(|c| *c == '\\').count() % 2 == 1 => {
                    return Err(FilterError::Pattern(t));
                }
                value => Filter::Is(column, Compare::Like, value),
            }
        } else if not {
            return Err(self.wrong(if number { "IN or BETWEEN" } else { "IN or LIKE" }));
        } else if self.takes("IS") {
            let not = self.takes("NOT");
            self.must("NULL")?;
            let missing = Filter::Missing(column);
            return Ok(if not { Filter::Not(Box::new(missing)) } else { missing });
        } else {
            return self.comparison(name, column, number);
        };
        Ok(if not { Filter::Not(Box::new(filter)) } else { filter })
    }

    fn comparison(&mut self, name: &str, column: Column, number: bool) -> Result<Filter, FilterError> {
        let signs = [
            ("=", Compare::Equal),
            ("<>", Compare::Differs),
            ("<", Compare::Less),
            ("<=", Compare::LessOrEqual),
            (">", Compare::More),
            (">=", Compare::MoreOrEqual),
        ];
        // texts have no order worth asking for
        let offered = &signs[..if number { signs.len() } else { 2 }];
        let Some((_, compare)) = offered.iter().find(|(sign, _)| self.takes(sign)) else {
            let expected = if number { "= <> < <= > >= IN BETWEEN IS" } else { "= <> LIKE IN IS" };
            return Err(self.wrong(expected));
        };
        Ok(Filter::Is(column, *compare, self.value(name, number)?))
    }

    fn value(&mut self, name: &str, number: bool) -> Result<Value, FilterError> {
        let value = match (number, self.peek()) {
            (true, Some(Word::Number(n))) => Value::Number(*n),
            (false, Some(Word::Text(t))) => Value::Text(t.clone()),
            (_, None) => return Err(self.wrong("a value")),
            (_, Some(other)) => return Err(FilterError::Kind { column: name.to_owned(), found: other.to_string() }),
        };
        self.at += 1;
        Ok(value)
    }

    /// `S_INTERSECTS(geom, POLYGON(...))`, or with `BBOX(west, south, east, north)`.
    fn meets(&mut self) -> Result<Filter, FilterError> {
        self.must("(")?;
        self.must("geom")?;
        self.must(",")?;
        let from = self.at;
        let mut open = 0usize;
        while let Some(word) = self.peek() {
            match word {
                Word::Sign("(") => open += 1,
                Word::Sign(")") if open == 0 => break,
                Word::Sign(")") => open -= 1,
                _ => {}
            }
            self.at += 1;
        }
        let text: Vec<String> = self.words[from..self.at].iter().map(|(_, w)| w.to_string()).collect();
        self.must(")")?;
        geometry(&text).map(Filter::Meets)
    }
}

fn geometry(text: &[String]) -> Result<Geometry<f64>, FilterError> {
    let said = || FilterError::Geometry(text.join(" "));
    if text.first().is_some_and(|w| w.eq_ignore_ascii_case("BBOX")) {
        let corners = match text {
            [_, open, w, c1, s, c2, e, c3, n, close] if [open, c1, c2, c3, close] == ["(", ",", ",", ",", ")"] => {
                [w, s, e, n]
            }
            _ => return Err(said()),
        };
        let number = |w: &String| w.parse().ok().filter(|n: &f64| n.is_finite());
        let [Some(w), Some(s), Some(e), Some(n)] = corners.map(number) else { return Err(said()) };
        if w > e || s > n {
            return Err(said());
        }
        return Ok(geo_types::Rect::new((w, s), (e, n)).to_polygon().into());
    }
    let read: Geometry<f64> = wkt::TryFromWkt::try_from_wkt_str(&text.join(" ")).map_err(|_| said())?;
    let sound = match &read {
        Geometry::Polygon(p) => crate::domain::geom::flaws(&p.clone().into()),
        Geometry::MultiPolygon(m) => crate::domain::geom::flaws(m),
        other if crate::domain::geom::is_finite(other) => vec![],
        _ => return Err(said()),
    };
    if sound.iter().any(|f| f.kind.fatal()) { Err(said()) } else { Ok(read) }
}

fn one_or(mut parts: Vec<Filter>, many: impl Fn(Vec<Filter>) -> Filter) -> Filter {
    match parts.len() {
        1 => parts.remove(0),
        _ => many(parts),
    }
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
