//! Customers: what tells two records of one person, and what an intake still lacks.

use crate::domain::text::fold::{plain, tidy};
use serde::{Deserialize, Serialize};

/// What two records have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Same {
    IdNumber,
    Phone,
    Name,
}

impl Same {
    pub fn as_str(self) -> &'static str {
        match self {
            Same::IdNumber => "id_number",
            Same::Phone => "phone",
            Same::Name => "name",
        }
    }
}

/// A record by its keyed hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    pub id_number: Option<Vec<u8>>,
    pub phone: Option<Vec<u8>>,
    pub name: Vec<u8>,
}

/// Why two records may be one person; none: nothing says so. A name alone says nothing (many share one), and one phone in a
/// family does not make two people with different numbers or names one.
pub fn alike(a: &Keys, b: &Keys) -> Option<Vec<Same>> {
    let both = |x: &Option<Vec<u8>>, y: &Option<Vec<u8>>| x.is_some() && x == y;
    let (id, phone, name) = (both(&a.id_number, &b.id_number), both(&a.phone, &b.phone), a.name == b.name);
    let other_person = a.id_number.is_some() && b.id_number.is_some() && !id;
    if !(id || (phone && name && !other_person)) {
        return None;
    }
    let all = [(id, Same::IdNumber), (phone, Same::Phone), (name, Same::Name)];
    Some(all.into_iter().filter(|(same, _)| *same).map(|(_, what)| what).collect())
}

/// Digits of a phone in one form: `+84 90...`, `84 90...` and `090...` are one.
pub fn phone(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let local = digits.strip_prefix("84").filter(|rest| rest.len() == 9 || rest.len() == 10);
    let one = local.map_or_else(|| digits.clone(), |rest| format!("0{rest}"));
    (8..=15).contains(&one.len()).then_some(one)
}

/// A name as it is compared: without marks, in small letters, one space between words.
pub fn name(text: &str) -> String {
    plain(&tidy(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(id: &str, phone: &str, name: &str) -> Keys {
        let some = |t: &str| (!t.is_empty()).then(|| t.as_bytes().to_vec());
        Keys { id_number: some(id), phone: some(phone), name: name.as_bytes().to_vec() }
    }

    #[test]
    fn what_says_that_two_are_one() {
        use Same::{IdNumber, Name, Phone};
        for (a, b, said) in [
            (keys("1", "2", "an"), keys("1", "3", "binh"), Some(vec![IdNumber])),
            (keys("1", "2", "an"), keys("1", "2", "an"), Some(vec![IdNumber, Phone, Name])),
            (keys("", "2", "an"), keys("1", "2", "an"), Some(vec![Phone, Name])),
            (keys("", "2", "an"), keys("", "2", "binh"), None),
            (keys("1", "2", "an"), keys("9", "2", "an"), None),
            (keys("", "", "an"), keys("", "", "an"), None),
        ] {
            assert_eq!((alike(&a, &b), alike(&b, &a)), (said.clone(), said), "{a:?} {b:?}");
        }
    }

    #[test]
    fn phones_and_names_in_one_form() {
        for text in ["0900 000 000", "+84 900 000 000", "84900000000"] {
            assert_eq!(phone(text).as_deref(), Some("0900000000"), "{text}");
        }
        assert_eq!(phone("113"), None);
        assert_eq!(name("  Người   MẪU Hai "), "nguoi mau hai");
    }
}
