//! How long a report takes, from record to PDF, on one thread.
//! `cargo bench --bench report`; with `-- FOLDER` it also writes the papers there, to be looked at.

#[path = "../tests/it/pages.rs"]
mod pages;
#[path = "../tests/it/records.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod records;

use diaba::domain::verify::text::Lang;
use std::path::PathBuf;
use std::time::Instant;

const ROUNDS: usize = 7;

fn main() {
    let folder = std::env::args().skip(1).find(|a| !a.starts_with("--")).map(PathBuf::from);
    let press = pages::press();
    println!("{:<14} {:>10} {:>10} {:>10} {:>8}", "report", "first ms", "median ms", "worst ms", "KiB");
    for sample in records::all() {
        for (lang, code) in [(Lang::Vi, "vi"), (Lang::En, "en")] {
            let mut took = Vec::new();
            let mut pdf = Vec::new();
            for _ in 0..if folder.is_some() { 1 } else { ROUNDS } {
                let start = Instant::now();
                pdf = press.set(&pages::sheet(&sample, lang)).expect("set");
                took.push(start.elapsed().as_secs_f64() * 1000.0);
            }
            let first = took[0];
            took.sort_by(f64::total_cmp);
            let (median, worst) = (took[took.len() / 2], took[took.len() - 1]);
            let name = format!("{}-{code}", sample.name);
            println!("{name:<14} {first:>10.0} {median:>10.0} {worst:>10.0} {:>8}", pdf.len() / 1024);
            if let Some(folder) = &folder {
                std::fs::create_dir_all(folder).expect("folder");
                std::fs::write(folder.join(format!("{name}.pdf")), pdf).expect("write");
            }
        }
    }
}
