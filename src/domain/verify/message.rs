//! A text by key with its arguments. A run makes some fifty for every parcel: names and words of the code are not copied, and one list
//! holds the arguments.

use super::round3;
use ecow::EcoString;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// A text by key with its arguments; rendered from `data/i18n/{vi,en}.ftl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    #[serde(default, skip_serializing_if = "Args::is_empty")]
    pub args: Args,
    pub key: Cow<'static, str>,
}

impl Message {
    pub fn new(key: impl Into<Cow<'static, str>>) -> Self {
        Self { key: key.into(), args: Args::default() }
    }

    pub fn with(mut self, name: impl Into<Cow<'static, str>>, arg: impl Into<Arg>) -> Self {
        self.args.set(name.into(), arg.into());
        self
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Arg {
    Number(f64),
    /// Short or shared.
    Text(EcoString),
}

impl From<f64> for Arg {
    fn from(v: f64) -> Self {
        Arg::Number(round3(v))
    }
}
impl From<&str> for Arg {
    fn from(v: &str) -> Self {
        Arg::Text(v.into())
    }
}
impl From<String> for Arg {
    fn from(v: String) -> Self {
        Arg::Text(v.into())
    }
}
impl From<&EcoString> for Arg {
    fn from(v: &EcoString) -> Self {
        Arg::Text(v.clone())
    }
}

/// Arguments by name; an object in JSON.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Args(
    /// In order of name, each name once.
    Vec<(Cow<'static, str>, Arg)>,
);

impl Args {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&self, name: &str) -> Option<&Arg> {
        self.place(name).ok().map(|at| &self.0[at].1)
    }

    /// In order of name.
    pub fn iter(&self) -> impl Iterator<Item = (&Cow<'static, str>, &Arg)> {
        self.0.iter().map(|(name, arg)| (name, arg))
    }

    pub fn remove(&mut self, name: &str) {
        if let Ok(at) = self.place(name) {
            self.0.remove(at);
        }
    }

    fn set(&mut self, name: Cow<'static, str>, arg: Arg) {
        match self.place(&name) {
            Ok(at) => self.0[at].1 = arg,
            Err(at) => self.0.insert(at, (name, arg)),
        }
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(n, _)| n.as_ref().cmp(name))
    }
}

impl Serialize for Args {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Args {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Args;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("arguments by name")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Args, A::Error> {
                let mut args = Args::default();
                while let Some((name, arg)) = map.next_entry::<String, Arg>()? {
                    args.set(name.into(), arg);
                }
                Ok(args)
            }
        }
        d.deserialize_map(Read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::verify::canonical;

    #[test]
    fn arguments_stand_in_order_and_once() {
        let m = Message::new("k").with("b", 2.0).with("a", "x").with("b", 3.0);
        let text = r#"{"args":{"a":"x","b":3},"key":"k"}"#;
        assert_eq!(canonical(&m).unwrap(), text);
        assert_eq!(serde_json::from_str::<Message>(r#"{"key":"k","args":{"b":3.0,"a":"x"}}"#).unwrap(), m);
        assert_eq!(m.args.get("a"), Some(&Arg::Text("x".into())));
        let mut fewer = m.clone();
        fewer.args.remove("a");
        fewer.args.remove("c");
        assert_eq!(fewer, Message::new("k").with("b", 3.0));
        assert_eq!(canonical(&Message::new("k")).unwrap(), r#"{"key":"k"}"#);
    }
}
