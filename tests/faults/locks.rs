//! Runs that publish to one bucket at the same moment. Promised: one of them publishes, the others say who is at it and do nothing,
//! whether the store writes on conditions, says that it does not, or takes no notice of them.

use super::publishing::store::{IGNORES_CONDITIONS, REFUSES_CONDITIONS, Store, said};
use std::fs;
use std::process::Stdio;

/// Two runs see the same state of the lock, since the store holds both of them until they have.
fn race(conditions: usize, lock: Option<&str>) {
    let store = Store::start();
    store.set(&store.behaviour.conditions, conditions);
    fs::create_dir_all(store.object("")).unwrap();
    if let Some(lock) = lock {
        store.write("store/docs/site/.guidegen-publish.lock", lock);
    }
    // Where the store has conditions, the second to write is late as well: a look at what it wrote itself would not help.
    store.set(&store.behaviour.late, usize::from(conditions == 0));
    store.behaviour.meet_at_the_lock(2);
    let start = || {
        let mut command = store.command(&["publish", "--yes"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let ends = [start(), start()].map(|run| said(&run.wait_with_output().unwrap()));
    let won = ends.iter().filter(|(status, _)| *status == 0).count();
    let told = ends.iter().filter(|(status, said)| *status == 2 && said.contains("another run is publishing")).count();
    assert_eq!((won, told), (1, 1), "{conditions}, {lock:?}: {ends:?}");
    assert!(!store.object(".guidegen-publish.lock").exists());
    assert_eq!(store.run(&["publish", "--dry-run"]).0, 0);
}

const RUN_OUT: &str = "{\"token\": \"x\", \"until\": 1}";

#[test]
fn a_store_with_conditions_gives_the_lock_to_one() {
    race(0, None);
    race(0, Some(RUN_OUT));
    race(0, Some("no lock of ours"));
}

#[test]
fn a_store_that_refuses_conditions_gives_the_lock_to_one() {
    race(REFUSES_CONDITIONS, None);
    race(REFUSES_CONDITIONS, Some(RUN_OUT));
}

#[test]
fn a_store_that_takes_no_notice_of_conditions_gives_the_lock_to_one() {
    race(IGNORES_CONDITIONS, None);
    race(IGNORES_CONDITIONS, Some(RUN_OUT));
}
