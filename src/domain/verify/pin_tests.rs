//! What a record pins is enough to judge again, and nothing else passes for it.

use super::*;

/// What is kept under the pinned names is enough to run again: the sets as they are kept, and the law of today forgotten.
#[test]
fn the_pinned_sets_are_all_that_is_needed() {
    let (mut facts, all) = (whole(), rules());
    let record = verify(&facts, &all);
    assert!(all.book.rules.len() < book().rules.len());
    let kept = RuleSet::from_content(&record.pins.rules, &all.content).unwrap();
    assert_eq!(kept, all);
    let themes = Arc::new(ThemeSet::from_content(&record.pins.themes, &facts.theme_set.content).unwrap());
    for t in &mut facts.themes {
        t.theme = themes.find(&t.theme.code).unwrap().clone();
    }
    facts.theme_set = themes;
    assert_eq!(verify(&facts, &kept).digest().unwrap(), record.digest().unwrap());
    for rule in record.findings.iter().filter_map(|f| f.rule.as_ref()) {
        assert!(kept.cited(rule).is_some_and(|r| !r.citation.is_empty()), "{rule:?}");
    }
}

/// One changed byte of a kept set, and it no longer has its name.
#[test]
fn a_changed_set_is_not_the_pinned_one() {
    let (rules, themes) = (rules(), fx::theme_set());
    let changed = |t: &str| t.replacen("\"version\":1", "\"version\":2", 1);
    let wrong = RuleSet::from_content(&rules.hash, &changed(&rules.content));
    assert!(matches!(wrong, Err(SetError::Hash { named, .. }) if named == rules.hash));
    assert!(matches!(ThemeSet::from_content(&themes.hash, &rules.content), Err(SetError::Hash { .. })));
    assert!(matches!(ThemeSet::from_content(&rules.hash, &rules.content), Err(SetError::Form(_))));
}

/// Facts judged by a theme that is not the pinned one say so, and do not go on by themselves.
#[test]
fn a_theme_of_another_set_is_said_aloud() {
    let mut facts = whole();
    Arc::make_mut(&mut facts.themes[0].theme).max_age_days += 1;
    let record = verify(&facts, &rules());
    assert!(record.findings.iter().any(|f| f.check == "engine.theme_set" && f.verdict == Verdict::Failed));
    assert!(record.outcome >= Outcome::NeedsPerson);
}

#[test]
fn the_inputs_read_back() {
    let facts = crowded();
    let facts = ordered(&facts);
    let inputs = Inputs::of(&facts);
    let (content, hash) = inputs.sealed_form().unwrap();
    assert_eq!(verify(&facts, &rules()).pins.inputs, hash);
    assert_eq!(serde_json::from_str::<Inputs>(&content).unwrap(), inputs);
}
