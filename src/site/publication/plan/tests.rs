//! Plans without a target: what goes up, what stays, what goes.

use super::*;
use crate::base::digest::Digest;
use proptest::prelude::*;

const LIMITS: Limits = Limits { keep: 2, max_removals: 20, force: false, adopt: false };

fn object(text: &str, class: Class) -> Object {
    Object::new(Digest::of(text.as_bytes()), class, "text/plain", text.len() as u64)
}

fn site(files: &[(&str, &str, Class)]) -> BTreeMap<String, Object> {
    files.iter().map(|(path, text, class)| ((*path).to_owned(), object(text, *class))).collect()
}

/// The target after a plan was carried out.
fn done(plan: &Plan, foreign: &[&str]) -> Found {
    let present = plan.objects.keys().cloned().chain(foreign.iter().map(|path| (*path).to_owned())).collect();
    let ledger = Ledger { complete: true, objects: plan.objects.clone(), ..Ledger::default() };
    Found { ledger: Some(ledger), present, has_folders: true, ..Found::default() }
}

fn steps(plan: &Plan) -> Vec<(Change, &str)> {
    plan.steps.iter().map(|step| (step.change, step.path.as_str())).collect()
}

#[test]
fn what_others_need_goes_up_first_and_the_home_page_last() {
    let all = site(&[
        ("index.html", "h", Class::Front),
        ("a.css", "c", Class::Hashed),
        ("b/index.html", "b", Class::Page),
        ("sitemap.xml", "s", Class::Summary),
        ("p.png", "p", Class::File),
    ]);
    let plan = Plan::new(&all, &Found::default(), LIMITS);
    let paths: Vec<&str> = plan.steps.iter().map(|step| step.path.as_str()).collect();
    assert_eq!(paths, ["a.css", "p.png", "b/index.html", "sitemap.xml", "index.html"]);
    assert_eq!(plan.bytes(), 5);
    assert!(Plan::new(&all, &done(&plan, &[]), LIMITS).is_empty());
}

#[test]
fn headers_alone_are_a_change_and_what_was_lost_goes_up_again() {
    let all = site(&[("a.html", "a", Class::Page), ("b.html", "b", Class::Page)]);
    let mut found = done(&Plan::new(&all, &Found::default(), LIMITS), &[]);
    found.ledger.as_mut().unwrap().objects.get_mut("a.html").unwrap().media = "text/html".to_owned();
    found.present.remove("b.html");
    let plan = Plan::new(&all, &found, LIMITS);
    assert_eq!(steps(&plan), [(Change::Headers, "a.html"), (Change::Added, "b.html")]);
}

#[test]
fn hashed_assets_outlive_the_releases_that_are_still_open() {
    let release = |number: u32| {
        let asset = format!("{number}.css");
        site(&[(&asset, "c", Class::Hashed), ("index.html", &asset, Class::Front)])
    };
    let mut found = Found::default();
    let mut present = Vec::new();
    for number in 0..5 {
        let plan = Plan::new(&release(number), &found, LIMITS);
        found = done(&plan, &[]);
        // The same again is no release: nothing grows older.
        let again = Plan::new(&release(number), &found, LIMITS);
        assert!(again.is_empty() && again.objects == plan.objects);
        present.push(found.present.iter().filter(|path| path.ends_with(".css")).cloned().collect::<Vec<_>>().join(" "));
    }
    assert_eq!(present, ["0.css", "0.css 1.css", "0.css 1.css 2.css", "1.css 2.css 3.css", "2.css 3.css 4.css"]);
}

#[test]
fn what_is_not_ours_is_not_touched_without_a_word() {
    let all = site(&[("a.html", "a", Class::Page)]);
    let mut found = Found { present: ["a.html".to_owned(), "other".to_owned()].into(), ..Found::default() };
    let plan = Plan::new(&all, &found, LIMITS);
    assert!(plan.is_blind && plan.removals().is_empty());
    assert!(matches!(plan.objections(&found, LIMITS)[..], [Objection::Foreign(2, _)]));
    let adopting = Limits { adopt: true, ..LIMITS };
    assert!(plan.objections(&found, adopting).is_empty());
    found.is_damaged = true;
    assert!(plan.objections(&found, LIMITS).is_empty(), "a lost ledger is not a stranger's site");
    let found = Found { ledger: Some(Ledger { complete: true, ..Ledger::default() }), ..found };
    let plan = Plan::new(&all, &found, LIMITS);
    assert!(matches!(plan.objections(&found, LIMITS)[..], [Objection::InTheWay(1, _)]));
}

#[test]
fn many_removals_want_a_word() {
    let names: Vec<String> = (0..10).map(|number| format!("{number}.html")).collect();
    let of = |count: usize| {
        let files: Vec<(&str, &str, Class)> =
            names.iter().take(count).map(|name| (name.as_str(), "x", Class::Page)).collect();
        site(&files)
    };
    let found = done(&Plan::new(&of(10), &Found::default(), LIMITS), &["other"]);
    assert!(Plan::new(&of(8), &found, LIMITS).objections(&found, LIMITS).is_empty());
    let plan = Plan::new(&of(7), &found, LIMITS);
    assert_eq!(plan.objections(&found, LIMITS), [Objection::TooManyRemovals(3, 10)]);
    // That others' files may be written over says nothing of ours.
    let adopting = Limits { adopt: true, ..LIMITS };
    assert_eq!(plan.objections(&found, adopting), [Objection::TooManyRemovals(3, 10)]);
    assert!(plan.objections(&found, Limits { force: true, ..LIMITS }).is_empty());
}

#[test]
fn an_interrupted_run_is_gone_on_with() {
    let all = site(&[("a.css", "c", Class::Hashed), ("b.html", "b", Class::Page)]);
    let first = Plan::new(&all, &Found::default(), LIMITS);
    let objects = first.meanwhile(&Found::default(), &[Class::Hashed]);
    let ledger = Ledger { complete: false, objects, ..Ledger::default() };
    let found =
        Found { ledger: Some(ledger), present: ["a.css".to_owned(), "b.html".to_owned()].into(), ..Found::default() };
    let plan = Plan::new(&all, &found, LIMITS);
    assert!(plan.resumes);
    assert_eq!(steps(&plan), [(Change::Changed, "b.html")]);
}

/// Whoever has to be told what changed hears of it until a run has come to its end.
#[test]
fn what_an_interrupted_run_may_have_changed_is_unsettled_until_one_ends() {
    let names = |plan: &Plan| plan.unsettled.iter().cloned().collect::<Vec<_>>().join(" ");
    let all = site(&[("a.css", "c", Class::Hashed), ("b.html", "b", Class::Page)]);
    let first = Plan::new(&all, &Found::default(), LIMITS);
    assert_eq!(names(&first), "a.css b.html");
    let mut found = done(&first, &[]);
    found.ledger.as_mut().unwrap().complete = false;
    found.ledger.as_mut().unwrap().unsettled = first.unsettled;
    let nothing = Plan::new(&all, &found, LIMITS);
    assert_eq!((nothing.steps.len(), nothing.is_empty(), names(&nothing)), (0, false, "a.css b.html".to_owned()));
    let other = Plan::new(&site(&[("c.html", "c", Class::Page)]), &found, LIMITS);
    assert_eq!(names(&other), "a.css b.html c.html");
    let found = done(&other, &[]);
    assert_eq!(names(&Plan::new(&site(&[("c.html", "d", Class::Page)]), &found, LIMITS)), "c.html");
}

fn any_site() -> impl Strategy<Value = BTreeMap<String, Object>> {
    proptest::collection::btree_map("[a-e]", ("[xyz]", 0_usize..5), 0..5).prop_map(|files| {
        files.into_iter().map(|(path, (text, class))| (path, object(&text, Class::ALL[class]))).collect()
    })
}

proptest! {
    #[test]
    fn whatever_was_there_the_site_is_there_then_and_nothing_foreign_goes(
        sites in proptest::collection::vec(any_site(), 1..5), foreign in "[f-h]", keep in 0_u32..3
    ) {
        let limits = Limits { keep, max_removals: 100, force: true, adopt: true };
        let mut found = Found { present: [foreign.clone()].into(), ..Found::default() };
        for site in &sites {
            let plan = Plan::new(site, &found, limits);
            let mut there = found.present.clone();
            for step in &plan.steps {
                prop_assert!(step.path != foreign);
                if step.change == Change::Removed { there.remove(&step.path); } else { there.insert(step.path.clone()); }
            }
            for (path, object) in site {
                prop_assert!(there.contains(path));
                prop_assert_eq!(plan.objects[path].digest, object.digest);
            }
            found = done(&plan, &[&foreign]);
            prop_assert_eq!(&there, &found.present);
            prop_assert!(Plan::new(site, &found, limits).is_empty());
        }
    }
}

#[test]
fn a_file_and_a_folder_of_one_name_change_places() {
    let page = |path: &str| site(&[(path, "a", Class::Page)]);
    for (old, new) in [("a", "a/index.html"), ("a/index.html", "a")] {
        let found = done(&Plan::new(&page(old), &Found::default(), LIMITS), &[]);
        let plan = Plan::new(&page(new), &found, LIMITS);
        assert_eq!(plan.clashes(&found), [old]);
        assert!(!plan.objections(&found, LIMITS).iter().any(|one| matches!(one, Objection::Blocking(..))));
        assert!(plan.clashes(&Found { has_folders: false, ..found }).is_empty());
    }
}

#[test]
fn what_is_not_ours_never_makes_way_for_a_folder() {
    let all = site(&[("a/index.html", "a", Class::Page), ("b", "b", Class::File)]);
    let adopting = Limits { adopt: true, ..LIMITS };
    for (theirs, is_in_the_way) in [("a", true), ("b/x/y", true), ("a/x", false), ("ab", false), ("b.txt", false)] {
        let present = [theirs.to_owned()].into();
        let found = Found { present, has_folders: true, ..Found::default() };
        let objections = Plan::new(&all, &found, adopting).objections(&found, adopting);
        assert_eq!(!objections.is_empty(), is_in_the_way, "{theirs}: {objections:?}");
        assert!(objections.iter().all(|one| matches!(one, Objection::Blocking(1, _))));
    }
}

#[test]
fn an_empty_folder_is_in_the_way_of_a_file_alone() {
    let all = site(&[("a/index.html", "a", Class::Page), ("b", "b", Class::File)]);
    let adopting = Limits { adopt: true, force: true, ..LIMITS };
    for (theirs, is_in_the_way) in [("b", true), ("b/x/y", true), ("a", false), ("a/x", false), ("bc", false)] {
        let found = Found { empty_folders: [theirs.to_owned()].into(), has_folders: true, ..Found::default() };
        let objections = Plan::new(&all, &found, adopting).objections(&found, adopting);
        let wanted = is_in_the_way.then(|| Objection::EmptyFolders(1, vec![theirs.to_owned()]));
        assert_eq!(objections, Vec::from_iter(wanted), "{theirs}");
    }
}

#[test]
fn what_comes_between_two_looks_is_met_where_the_site_has_something() {
    let before = Found { present: ["old".to_owned()].into(), has_folders: true, ..Found::default() };
    let (puts, removals) = (BTreeSet::from(["a/index.html", "b", "old"]), BTreeSet::from(["gone"]));
    for (theirs, is_met) in [
        ("a/index.html", true),
        ("a", true),
        ("b/x", true),
        ("gone", true),
        ("a/x", false),
        ("gone/x", false),
        ("c", false),
    ] {
        let mut now = before.clone();
        now.present.insert(theirs.to_owned());
        let wanted = if is_met { vec![theirs.to_owned()] } else { Vec::new() };
        assert_eq!(newcomers(&before, &now, &puts, &removals), wanted, "{theirs}");
    }
    for (theirs, is_met) in [("b", true), ("b/x", true), ("a", false), ("c", false)] {
        let now = Found { empty_folders: [theirs.to_owned()].into(), ..before.clone() };
        assert_eq!(newcomers(&before, &now, &puts, &removals).len(), usize::from(is_met), "{theirs}");
    }
    // A store knows no folders.
    let now = Found { present: ["a".to_owned(), "old".to_owned()].into(), has_folders: false, ..before.clone() };
    assert!(newcomers(&before, &now, &puts, &removals).is_empty());
}
