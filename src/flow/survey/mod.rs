//! Thanks and a short survey: a link that takes one answer.

mod answer;
mod results;
mod send;

pub use answer::{Answering, Asked, answer, asked};
pub use results::{Results, SurveyView, of_case, results};
pub use send::{send, send_surveys};
