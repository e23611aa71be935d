//! The pure floor: no async, no I/O, no clock, no chance. Everything comes in as a value.

pub mod advice;
pub mod archive;
pub mod calendar;
pub mod case;
pub mod check;
pub mod customer;
pub mod demo;
pub mod dispatch;
pub mod fee;
pub mod geom;
pub mod handover;
pub mod layer;
pub mod money;
pub mod obligation;
pub mod paper;
pub mod parcel;
pub mod problem;
pub mod proof;
pub mod report;
pub mod review;
pub mod rule;
pub mod staff;
pub mod survey;
pub mod text;
pub mod theme;
pub mod verify;
