//! Invented names, numbers of identity cards, and the ward's place names (`data/demo/names.toml`).

use super::chance::Chance;
use crate::domain::paper::{Holder, IdentityCard, Sex};
use serde::Deserialize;
use std::sync::LazyLock;
use time::{Date, Month};

#[derive(Debug, Deserialize)]
pub(crate) struct Names {
    surnames: Vec<String>,
    middle_men: Vec<String>,
    middle_women: Vec<String>,
    given: Vec<String>,
    pub commune: CommuneNames,
    places: Places,
}

#[derive(Debug, Deserialize)]
pub(crate) struct CommuneNames {
    pub code: String,
    pub name: String,
    pub old: Vec<OldCommune>,
    pub merged_on: Date,
    pub district: String,
    pub province: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct OldCommune {
    pub code: String,
    pub name: String,
}

#[derive(Debug, Deserialize)]
struct Places {
    streets: Vec<String>,
}

pub(crate) fn names() -> &'static Names {
    static NAMES: LazyLock<Names> = LazyLock::new(|| {
        // Compiled in, and read by every test of this room.
        toml::from_str(include_str!("../../../data/demo/names.toml")).expect("data/demo/names.toml is well formed")
    });
    &NAMES
}

/// An invented person.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Person {
    pub name: String,
    pub sex: Sex,
    pub born: Date,
    pub cccd: String,
}

impl Names {
    /// Draws a person; `serial` makes the card number unique within the ward.
    pub(crate) fn person(&self, chance: &mut Chance, sex: Sex, serial: usize) -> Person {
        let middle = if sex == Sex::Male { &self.middle_men } else { &self.middle_women };
        let name = format!("{} {} {}", chance.pick(&self.surnames), chance.pick(middle), chance.pick(&self.given));
        let year = chance.int(1948, 2001) as i32;
        let month = Month::January.nth_next(chance.int(0, 12) as u8);
        let born = Date::from_calendar_date(year, month, chance.int(1, 29) as u8).unwrap_or(Date::MIN);
        let century = if year < 2000 { 0 } else { 2 } + u8::from(sex == Sex::Female);
        let cccd = format!("{}{century}{:02}{:06}", chance.pick(&["048", "049", "046"]), year % 100, 900_000 + serial);
        Person { name, sex, born, cccd }
    }

    pub(crate) fn street(&self, n: usize) -> String {
        format!("{} {}", self.places.streets[n % self.places.streets.len()], n / self.places.streets.len() + 1)
    }

    /// Address of a plot in an old commune.
    pub(crate) fn address(&self, old: usize, group: i64) -> String {
        format!("Tổ {group}, {}", self.commune.old[old].name)
    }
}

impl Person {
    pub(crate) fn holder(&self) -> Holder {
        Holder { name: self.name.clone(), birth_year: Some(self.born.year()), id_number: Some(self.cccd.clone()) }
    }

    /// The card, with its QR text.
    pub(crate) fn card(&self, role: &str, address: &str, issued_on: Date) -> IdentityCard {
        let day = |d: Date| format!("{:02}{:02}{}", d.day(), u8::from(d.month()), d.year());
        let sex = if self.sex == Sex::Male { "Nam" } else { "Nữ" };
        let qr = format!("{}||{}|{}|{sex}|{address}|{}", self.cccd, self.name, day(self.born), day(issued_on));
        IdentityCard {
            number: Some(self.cccd.clone()),
            old_number: None,
            name: Some(self.name.clone()),
            birth_date: Some(self.born),
            sex: Some(self.sex),
            address: Some(address.to_owned()),
            issued_on: Some(issued_on),
            qr_text: Some(qr),
            role: Some(role.to_owned()),
        }
    }
}
