//! The kinds of paper and their fields. All fields are optional while a paper is a draft; what a complete one needs is
//! told by `missing()`.

use crate::domain::verify::ParcelRef;
use serde::{Deserialize, Serialize};
use time::Date;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Paper {
    Certificate(Box<Certificate>),
    IdentityCard(IdentityCard),
    PowerOfAttorney(PowerOfAttorney),
    MarriageCertificate(MarriageCertificate),
    TaxNotice(TaxNotice),
    PlanningExtract(PlanningExtract),
    Other(OtherPaper),
}

/// Giấy chứng nhận quyền sử dụng đất (GCN), old or new form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Certificate {
    /// Số phát hành, e.g. `CK 123456` or `AA 12345678`.
    pub serial: Option<String>,
    /// Số vào sổ cấp giấy.
    pub book_number: Option<String>,
    pub issued_on: Option<Date>,
    pub issued_by: Option<String>,
    pub holders: Vec<Holder>,
    /// Held in common by spouses or several people.
    pub joint: Option<bool>,
    pub parcel: Option<ParcelRef>,
    pub address: Option<String>,
    /// Square metres, as printed.
    pub area_m2: Option<f64>,
    pub purposes: Vec<Purpose>,
    /// Nguồn gốc sử dụng.
    pub origin: Option<String>,
    /// Boundary vertices in the order printed; X = northing, Y = easting, metres.
    pub vertices: Vec<Vertex>,
    /// Lengths of edges vertex i to i + 1 (the last closes the ring), metres.
    pub edges_m: Vec<f64>,
    /// Mục thay đổi: notes of changes, mortgages and so on, as printed.
    pub changes: Vec<ChangeNote>,
    /// Text of the QR code on the new form.
    pub qr_text: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Holder {
    pub name: String,
    pub birth_year: Option<i32>,
    /// CCCD (12 digits) or CMND (9 digits).
    pub id_number: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Land-use code as printed, e.g. `ODT`.
    pub code: String,
    #[serde(default)]
    pub area_m2: Option<f64>,
    #[serde(default)]
    pub term: Option<Term>,
}

/// Thời hạn sử dụng.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// Lâu dài.
    LongTerm,
    Until(Date),
}

/// One vertex as a certificate prints it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vertex {
    /// Northing (m).
    pub x: f64,
    /// Easting (m).
    pub y: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeNote {
    #[serde(default)]
    pub on: Option<Date>,
    pub text: String,
}

/// Căn cước công dân / căn cước.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct IdentityCard {
    pub number: Option<String>,
    pub old_number: Option<String>,
    pub name: Option<String>,
    pub birth_date: Option<Date>,
    pub sex: Option<Sex>,
    pub address: Option<String>,
    pub issued_on: Option<Date>,
    /// Text of the QR code, as read.
    pub qr_text: Option<String>,
    /// Which party of the case this card identifies: `holder`, `spouse`, `representative`, `buyer` ...
    pub role: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    Male,
    Female,
}

/// Giấy uỷ quyền / hợp đồng uỷ quyền.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct PowerOfAttorney {
    pub principal: Option<Holder>,
    pub agent: Option<Holder>,
    pub scope: Option<String>,
    pub signed_on: Option<Date>,
    pub valid_until: Option<Date>,
    pub notary: Option<String>,
    pub notary_number: Option<String>,
}

/// Giấy chứng nhận kết hôn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct MarriageCertificate {
    pub husband: Option<Holder>,
    pub wife: Option<Holder>,
    pub registered_on: Option<Date>,
    pub number: Option<String>,
    pub issued_by: Option<String>,
}

/// Thông báo nộp thuế / lệ phí.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct TaxNotice {
    pub number: Option<String>,
    pub issued_on: Option<Date>,
    pub due_on: Option<Date>,
    /// Dong.
    pub amount_vnd: Option<i64>,
    pub paid_on: Option<Date>,
    pub payer: Option<Holder>,
    pub parcel: Option<ParcelRef>,
}

/// Trích lục / chứng chỉ quy hoạch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct PlanningExtract {
    pub number: Option<String>,
    pub issued_on: Option<Date>,
    pub issued_by: Option<String>,
    pub parcel: Option<ParcelRef>,
    /// Zone code and area (m²) as the extract states.
    pub zones: Vec<Purpose>,
    pub decision: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct OtherPaper {
    /// What it is, in the user's words or a code of the procedure (`sale_contract`, `request_form`, ...).
    pub title: Option<String>,
    pub issued_on: Option<Date>,
    pub issued_by: Option<String>,
    pub note: Option<String>,
}
