//! The review before a case is handed over: a checklist made from the facts of the case, and who may not look it over.

mod checklist;
mod four_eyes;

pub use checklist::{
    Code, ContractFacts, Instalment, Item, Owed, PaperFact, ReviewFacts, SheetFact, Standing, Submissions, VerdictFact,
    checklist,
};
pub use four_eyes::{Work, own_work};

#[cfg(test)]
mod tests;
