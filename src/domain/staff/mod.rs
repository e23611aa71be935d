//! Who works here and what they may do.

use serde::{Deserialize, Serialize};

/// Gives a plain enum its stable names and a parser that knows no other.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }
        impl $name {
            pub const ALL: &[$name] = &[$($name::$variant),+];
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|v| v.as_str() == text)
            }
            /// All names, for a refusal that says what is allowed.
            pub fn names() -> String {
                Self::ALL.iter().map(|v| v.as_str()).collect::<Vec<_>>().join(", ")
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

named! {
    /// What a member of staff does in the firm.
    Role {
        CustomerCare = "customer_care",
        Legal = "legal",
        Sales = "sales",
        Field = "field",
        Reviewer = "reviewer",
        GisAnalyst = "gis_analyst",
        Manager = "manager",
        Admin = "admin",
    }
}

named! {
    /// Where a member of staff belongs.
    Department {
        CustomerCare = "customer_care",
        Legal = "legal",
        Sales = "sales",
        Field = "field",
        Gis = "gis",
        Management = "management",
    }
}

named! {
    /// What an API token was made for. A token never allows more than its owner's roles do.
    Scope {
        CasesRead = "cases:read",
        CasesWrite = "cases:write",
        PapersRead = "papers:read",
        PapersWrite = "papers:write",
        ParcelsRead = "parcels:read",
        LayersRead = "layers:read",
        LayersWrite = "layers:write",
        VerificationsRead = "verifications:read",
        VerificationsWrite = "verifications:write",
        AdviceWrite = "advice:write",
        ContractsWrite = "contracts:write",
        TasksRead = "tasks:read",
        TasksWrite = "tasks:write",
        JobsRead = "jobs:read",
        JobsWrite = "jobs:write",
        StaffRead = "staff:read",
        StaffWrite = "staff:write",
        AuditRead = "audit:read",
        MetricsRead = "metrics:read",
    }
}

/// How far a role sees names, identity numbers and scans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonalDataAccess {
    /// The role needs it for any case.
    AnyCase,
    /// Only while a task of this case is theirs.
    OwnTask,
    Never,
}

impl Role {
    /// Those who do tasks, and who leads them.
    pub const WORKERS: &[Role] = &[Role::Legal, Role::Sales, Role::Field, Role::Manager];

    /// What this role may see of names, identity numbers and scans.
    pub fn personal_data(self) -> PersonalDataAccess {
        match self {
            Role::CustomerCare | Role::Legal | Role::Reviewer | Role::Manager => PersonalDataAccess::AnyCase,
            Role::Sales | Role::Field => PersonalDataAccess::OwnTask,
            Role::GisAnalyst | Role::Admin => PersonalDataAccess::Never,
        }
    }
}

named! {
    /// Why somebody reads personal data of a case; kept with every such read, so that reads can be counted.
    Purpose {
        /// To judge papers and parcel.
        Verify = "verify",
        /// To reach or identify the customer.
        ContactCustomer = "contact_customer",
        /// To fill in papers for the customer.
        PreparePapers = "prepare_papers",
        /// To meet somebody on the land.
        FieldVisit = "field_visit",
        /// To check the work of another.
        Review = "review",
        /// To keep the whole case as one file.
        Archive = "archive",
        /// To answer the person the data are about.
        DataSubjectRequest = "data_subject_request",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_stable_both_ways() {
        for r in Role::ALL {
            assert_eq!(Role::parse(r.as_str()), Some(*r));
            assert_eq!(serde_json::to_value(r).unwrap(), r.as_str());
        }
        assert_eq!(Role::parse("root"), None);
        assert!(Scope::names().starts_with("cases:read, cases:write"));
    }

    #[test]
    fn those_who_run_the_machine_do_not_read_papers() {
        assert_eq!(Role::Admin.personal_data(), PersonalDataAccess::Never);
        assert_eq!(Role::Field.personal_data(), PersonalDataAccess::OwnTask);
    }
}
