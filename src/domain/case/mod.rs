//! A case (hồ sơ): one request of a customer.

pub mod number;
