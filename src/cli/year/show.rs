//! What happened in a year, on the terminal.

use super::play::Played;
use crate::cli::say::{count, table};

fn row(name: &str, numbers: &[usize]) -> Vec<String> {
    std::iter::once(name.to_owned()).chain(numbers.iter().map(ToString::to_string)).collect()
}

pub fn year(p: &Played) {
    let t = &p.tally;
    println!(
        "played {} days in {:.0} s ({:.0} s to load the ward, {:.0} s in requests, {:.0} s for jobs): {} requests, {} jobs\n",
        p.days,
        p.seconds,
        p.loading,
        p.spent[0],
        p.spent[1],
        count(p.requests as i64),
        count(p.jobs as i64)
    );
    let states: Vec<_> = t.states.iter().map(|(s, n)| row(s, &[*n])).collect();
    table(&["outcome or step", "cases"], &states);
    let rounds: Vec<String> = t.rounds.iter().map(|(r, n)| format!("{n} with {r}")).collect();
    println!("\nsupplement rounds: {}; {} reminders", rounds.join(", "), t.reminders);
    println!(
        "appointments: {} made, {} kept, {} missed, {} moved, {} called off",
        t.count("appointment_made"),
        t.count("appointment_kept"),
        t.count("appointment_missed"),
        t.count("appointment_moved"),
        t.count("appointment_cancelled")
    );
    println!("troubles: {} raised; stuck: {} noticed", t.issues, t.stuck);
    println!(
        "option sheets: {} drafted, {} signed, {} confirmed on newer maps",
        t.count("option_sheet_drafted"),
        t.count("option_sheet_signed"),
        t.count("option_sheet_confirmed")
    );
    println!(
        "offers: {} made, {} accepted, {} withdrawn; contracts: {} drawn, {} bind, {} ran out",
        t.count("quotation_offered"),
        t.count("quotation_accepted"),
        t.count("quotation_withdrawn"),
        t.count("contract_drawn"),
        t.count("contract_concluded"),
        t.count("contract_expired")
    );
    println!(
        "instalments: {} called, {} paid, {} overdue; {} dong came in",
        t.count("payment_due"),
        t.count("payment_received"),
        t.count("payment_overdue"),
        count(t.paid)
    );
    println!(
        "authorities: {} dossiers, more asked for {} times, {} decisions ({} granted)",
        t.count("submitted"),
        t.count("agency_asked_more"),
        t.count("agency_decided"),
        t.granted
    );
    println!(
        "reviews: {} passed, {} sent back, {} lapsed; {} handed over; taxes: {} owed, {} paid; surveys: {} sent, {} answered; {} archives, {} watches, {} watch hits\n",
        t.count("review_passed"),
        t.count("review_returned"),
        t.count("review_lapsed"),
        t.count("handed_over"),
        t.count("obligation_noticed"),
        t.count("obligation_paid"),
        t.count("survey_sent"),
        t.count("survey_answered"),
        t.count("archived"),
        t.count("watch_begun"),
        t.count("watch_hit")
    );
    let deadlines: Vec<_> = t.deadlines.iter().map(|(c, n)| row(c, n)).collect();
    table(&["deadline", "kept", "missed", "running"], &deadlines);
    println!();
    let load: Vec<_> = t.load.iter().map(|(d, n)| row(d, n)).collect();
    table(&["department", "tasks", "in time", "late", "cancelled", "open"], &load);
    if !p.refusals.is_empty() {
        let all: Vec<String> = p.refusals.iter().map(|(what, n)| format!("{what} ({n})")).collect();
        println!("\nrefused, as expected: {}", all.join(", "));
    }
    faults(p);
    println!("digest: {}", p.hash);
}

fn faults(p: &Played) {
    match p.faults.len() {
        0 => println!("\nno promise was broken on any of {} days", p.days),
        n => println!("\n{n} promises broken:\n  {}", p.faults[..n.min(20)].join("\n  ")),
    }
}

pub fn compared(calm: &Played, killed: &Played) {
    println!("\nthe same year, killed {} times, in {:.0} s", killed.kills, killed.seconds);
    let during: Vec<String> = killed.during.iter().map(|(kind, n)| format!("{kind} {n}")).collect();
    println!(
        "the API died during {}; the worker {} times",
        during.join(", "),
        killed.kills - killed.during.values().sum::<usize>()
    );
    faults(killed);
    if calm.hash == killed.hash {
        println!("digest: {}: the same", killed.hash);
        return;
    }
    println!("digest: {}: ANOTHER", killed.hash);
    let only = |a: &[String], b: &[String]| -> Vec<String> {
        let there: std::collections::BTreeSet<&String> = b.iter().collect();
        a.iter().filter(|l| !there.contains(l)).take(10).cloned().collect()
    };
    println!("only without kills:\n  {}", only(&calm.lines, &killed.lines).join("\n  "));
    println!("only with kills:\n  {}", only(&killed.lines, &calm.lines).join("\n  "));
}
