//! The pure floor: no async, no I/O, no clock, no chance. Everything comes in as a value.

pub mod advice;
pub mod batch;
pub mod calendar;
pub mod case;
pub mod check;
pub mod contract;
pub mod customer;
pub mod demo;
pub mod dispatch;
pub mod fee;
pub mod fieldwork;
pub mod geom;
pub mod layer;
pub mod money;
pub mod paper;
pub mod parcel;
pub mod plan;
pub mod problem;
pub mod proof;
pub mod quotation;
pub mod report;
pub mod rule;
pub mod staff;
pub mod text;
pub mod theme;
pub mod verify;
