//! The known ways in which a case differs from the map, from the register, or from itself.

use super::layout::Kind;
use super::parcel::{Fault, OUTSKIRTS, Parcel};
use super::truth::{Ground, area_tolerance};

macro_rules! recipes {
    ($($name:ident $word:literal $weight:literal),+ $(,)?) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Recipe { $($name),+ }
        impl Recipe {
            const ALL: &'static [(Recipe, usize)] = &[$((Recipe::$name, $weight)),+];
            /// The word for it in the list of cases.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Recipe::$name => $word),+ }
            }
        }
    };
}

// Rare places first, so that they are not taken by recipes that suit any parcel. Weights are per 400 cases.
recipes! {
    NeighbourOverlap "neighbour_overlap" 6, NeighbourGap "neighbour_gap" 5, OutsideCommune "outside_commune" 1,
    NoAccess "no_access" 5, RecoveryDecision "recovery_decision" 3, RecoveryNotice "recovery_notice" 3,
    AnnualPlan "annual_plan" 2, Heritage "heritage" 3, Military "military" 1, PowerLine "power_line" 8,
    RoadCorridor "road_corridor" 20, River "river" 8, Forest "forest" 3, Rice "rice" 6, Flood "flood" 6,
    Landslide "landslide" 4, Uncovered "uncovered" 4, PartlyCovered "partly_covered" 1, OtherZone "other_zone" 6,
    Combined "combined_code" 5, RegisterArea "register_area" 4, MapOnly "map_only" 4, RegisterOnly "register_only" 2,
    TermOver "term_over" 5, WishFits "wish_fits" 2, WishMisfits "wish_misfits" 3, Renumbered "renumbered" 5,
    NewCommune "new_commune" 6, OldName "old_name" 5, UnknownNumber "unknown_number" 4,
    AreaBeyond "area_beyond" 10, AreaJustWithin "area_just_within" 4, AreaJustBeyond "area_just_beyond" 4,
    OtherUse "other_use" 8, Shifted "vertices_shifted" 8, VertexMoved "vertex_moved" 8, Swapped "xy_swapped" 3,
    SerialForm "serial_form" 5, SerialShape "serial_shape" 2, NewForm "new_form" 8, HolderMarks "holder_marks" 5,
    HolderOther "holder_other" 5, CardDigits "card_digits" 4, CardQr "card_qr" 3, NoCard "no_card" 4,
    JointComplete "joint_complete" 6, JointLacking "joint_lacking" 5, PowerGood "power_good" 4, PowerOver "power_over" 4,
    Sum "purposes_sum" 5, Edge "edge_wrong" 4, NoteOpen "mortgage_noted" 6, NoteEnded "mortgage_ended" 5,
    SameCertificate "same_certificate" 3, ScanSmall "scan_small" 3, ScanNone "scan_none" 3,
    Mortgage "register_mortgage" 6, Block "register_block" 4, Dispute "register_dispute" 3,
    Enforcement "register_enforcement" 2, Split "split" 4, Clean "clean" 0,
}

impl Recipe {
    /// How many parcels each recipe gets; what is left over is clean.
    pub(crate) fn amounts(total: usize) -> Vec<(Self, usize)> {
        let part = |w: usize| (w * total / 400).max(1);
        let sum: usize = Self::ALL.iter().filter(|(r, _)| *r != Self::Clean).map(|(_, w)| part(*w)).sum();
        let clean = total.saturating_sub(sum).max(10);
        Self::ALL.iter().map(|(r, w)| (*r, if *r == Self::Clean { clean } else { part(*w) })).collect()
    }

    pub(crate) fn copies(self) -> usize {
        if self == Self::SameCertificate { 2 } else { 1 }
    }

    /// The register knows the certificate.
    pub(crate) fn registers(self) -> bool {
        !matches!(self, Self::MapOnly | Self::UnknownNumber)
    }

    pub(crate) fn wish(self) -> Option<&'static str> {
        matches!(self, Self::WishFits | Self::WishMisfits).then_some("ODT")
    }

    pub(crate) fn procedure(self) -> &'static str {
        match self {
            Self::Split => "split",
            Self::WishFits | Self::WishMisfits => "change_of_use",
            _ => "transfer",
        }
    }

    /// Whether the parcel lies where this recipe can show its one difference.
    pub(crate) fn suits(self, p: &Parcel, all: &[Parcel], ground: &Ground<'_>) -> bool {
        let faulty = match self {
            Self::NeighbourOverlap => return matches!(p.fault, Some(Fault::Overlap(..))),
            Self::RegisterOnly => return p.fault == Some(Fault::Null),
            Self::NeighbourGap => return matches!(p.fault, Some(Fault::Gap(..))),
            _ => !p.plain || p.geom.0.len() > 1 || matches!(p.kind, Kind::Sliver),
        };
        if faulty {
            return false;
        }
        let under = |theme: &str| ground.total(theme, p) > 3.0;
        let coded = |theme: &str, code: &str| ground.areas(theme, p).get(code).is_some_and(|a| *a > 3.0);
        match self {
            Self::OutsideCommune => ground.outside(p) > 3.0,
            Self::NoAccess => p.kind == Kind::Inner || (p.kind == Kind::Field && landlocked(ground, p)),
            Self::RecoveryDecision => coded("recovery", "quyet_dinh"),
            Self::RecoveryNotice => coded("recovery", "thong_bao"),
            Self::AnnualPlan => coded("annual_plan", "chuyen_muc_dich"),
            Self::Heritage => under("heritage") && p.kind != Kind::Pagoda,
            Self::Military => under("military"),
            Self::PowerLine => town(p) && under("power_line"),
            Self::RoadCorridor => town(p) && under("road_corridor"),
            Self::River => town(p) && under("river"),
            Self::Forest => p.kind == Kind::Forest,
            Self::Rice => p.land_use == "LUC" && under("rice"),
            Self::Flood => town(p) && under("hazard_flood"),
            Self::Landslide => town(p) && under("hazard_landslide"),
            Self::Uncovered => town(p) && p.area - ground.uncovered(p) < 0.001,
            Self::PartlyCovered => ground.uncovered(p) > 2.0 && p.area - ground.uncovered(p) > 2.0,
            Self::OtherZone => town(p) && (coded("landuse_plan", "DKV") || coded("landuse_plan", "TMD")),
            Self::RegisterArea => {
                town(p)
                    && p.serial.is_some()
                    && (p.registered - p.area).abs() > area_tolerance(p) + 0.2
                    && ground.untouched(p)
            }
            Self::Combined => p.land_use.contains('+'),
            Self::TermOver | Self::WishFits => p.kind == Kind::Old && p.land_use == "CLN",
            Self::WishMisfits => p.kind == Kind::Field && p.land_use == "LUC",
            Self::Renumbered => town(p) && p.before.is_some(),
            Self::NewCommune => town(p) && p.geom.0[0].exterior().0.len() < 20 && twins(p, all) > 0,
            _ => town(p) && p.land_use == "ODT" && p.serial.is_some() && ground.untouched(p),
        }
    }
}

fn town(p: &Parcel) -> bool {
    matches!(p.kind, Kind::House | Kind::Old) && p.scale < OUTSKIRTS
}

/// No corner of the field lies on a track.
fn landlocked(ground: &Ground<'_>, p: &Parcel) -> bool {
    ground.road_corners(p) == 0
}

/// Parcels of the other old communes under the same sheet and number.
fn twins(p: &Parcel, all: &[Parcel]) -> usize {
    all.iter().filter(|o| o.old != p.old && (o.sheet, o.number) == (p.sheet, p.number) && o.plain).count()
}
