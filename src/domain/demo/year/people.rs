//! Who works in the year's office.

use super::call::Who;

/// Password of everybody on the roster: an invented office that lives for one run.
pub const PASSWORD: &str = "mot-nam-o-phuong-mau";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Staff {
    pub login: &'static str,
    pub role: &'static str,
    pub department: &'static str,
}

const ROSTER: [Staff; 14] = [
    member("cham.soc.1", "customer_care", "customer_care"),
    member("cham.soc.2", "customer_care", "customer_care"),
    member("phap.che.1", "legal", "legal"),
    member("phap.che.2", "legal", "legal"),
    member("phap.che.3", "legal", "legal"),
    member("kinh.doanh.1", "sales", "sales"),
    member("kinh.doanh.2", "sales", "sales"),
    member("thuc.dia.1", "field", "field"),
    member("thuc.dia.2", "field", "field"),
    member("thuc.dia.3", "field", "field"),
    member("soat.xet.1", "reviewer", "management"),
    member("soat.xet.2", "reviewer", "management"),
    member("ban.do.1", "gis_analyst", "gis"),
    member("quan.ly.1", "manager", "management"),
];

const fn member(login: &'static str, role: &'static str, department: &'static str) -> Staff {
    Staff { login, role, department }
}

pub fn roster() -> &'static [Staff] {
    &ROSTER
}

/// The member of a role who looks after the case with this index.
pub(super) fn of_role(role: &str, index: usize) -> Who {
    let all: Vec<&Staff> = ROSTER.iter().filter(|s| s.role == role).collect();
    Who::Login(all.get(index % all.len().max(1)).map_or("quan.ly.1", |s| s.login))
}

/// Somebody of a department that takes tasks.
pub(super) fn of_department(department: &str, index: usize) -> Who {
    of_role(department, index)
}

/// What an actor is in a history that is compared: not who did it, but where they sit.
pub(super) fn seat(actor: &str) -> &str {
    ROSTER.iter().find(|s| s.login == actor).map_or(actor, |s| s.role)
}
